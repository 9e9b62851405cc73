package org.quadralib.names;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class SuggestionsTest {
  private static final List<String> KNOWN = List.of("qcnn", "qresnet14", "fashion-mnist");

  @Test
  void whatIsNearIsSuggested() {
    assertEquals(" (did you mean 'qcnn'?)", Suggestions.didYouMean("qcn", KNOWN));
    assertEquals(" (did you mean 'qresnet14'?)", Suggestions.didYouMean("QResnet-14", KNOWN));
    assertEquals(" (did you mean 'fashion-mnist'?)", Suggestions.didYouMean("fashionmnst", KNOWN));
  }

  @Test
  void whatIsFarIsNot() {
    assertEquals("", Suggestions.didYouMean("transformer", KNOWN));
    assertEquals("", Suggestions.didYouMean("q".repeat(1_000_000), KNOWN));
    assertEquals("", Suggestions.didYouMean("qcnn", List.of()));
  }
}
