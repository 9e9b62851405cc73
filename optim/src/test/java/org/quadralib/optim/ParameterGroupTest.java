package org.quadralib.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;
import org.quadralib.layers.Initializer;
import org.quadralib.layers.ParameterSpec;
import org.quadralib.layers.ParameterSpec.Kind;
import org.quadralib.tensor.TensorType;

class ParameterGroupTest {
  private static ParameterSpec spec(String name, Kind kind) {
    return new ParameterSpec(name, TensorType.float32(1), Initializer.constant(0), kind);
  }

  @Test
  void takesByKind() {
    ParameterGroup group = ParameterGroup.ofKinds(Kind.NORM_SCALE, Kind.NORM_SHIFT);
    assertTrue(group.takes(spec("bn1.weight", Kind.NORM_SCALE)));
    assertFalse(group.takes(spec("conv1.weight", Kind.WEIGHT)));
  }

  @Test
  void takesByName() {
    ParameterGroup group = ParameterGroup.matching("conv[12]\\.weight$");
    assertTrue(group.takes(spec("layer1.0.conv2.weight", Kind.WEIGHT)));
    assertFalse(group.takes(spec("layer1.0.conv3.weight", Kind.WEIGHT)));
  }

  @Test
  void equalGroupsHaveEqualText() {
    assertEquals(
        ParameterGroup.ofKinds(Kind.NORM_SHIFT, Kind.BIAS).weightDecay(0).toString(),
        ParameterGroup.ofKinds(Kind.BIAS, Kind.NORM_SHIFT).weightDecay(0).toString());
  }

  @Test
  void mistakesAreErrors() {
    assertThrows(PatternSyntaxException.class, () -> ParameterGroup.matching("("));
    ParameterGroup group = ParameterGroup.ofKinds(Kind.BIAS);
    assertThrows(IllegalArgumentException.class, () -> group.learningRateScale(-1));
  }
}
