package org.quadralib.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.quadralib.graph.Node;
import org.quadralib.graph.op.Op;
import org.quadralib.tensor.DType;

/** The list of cases leaves no operation out. */
class ContractCoverageTest {

  @Test
  void everyOperationHasACaseInWhichItOccurs() {
    Set<String> all = new TreeSet<>();
    records(Op.class).forEach(op -> all.add(op.getSimpleName()));
    Set<String> covered = new TreeSet<>();
    for (ContractCase contractCase : ContractCases.all()) {
      CaseGraph.trace(contractCase.graph(), DType.FLOAT32).graph().nodes().stream()
          .map(Node::op)
          .filter(contractCase.op()::isInstance)
          .forEach(op -> covered.add(op.getClass().getSimpleName()));
    }
    assertEquals(all, covered);
  }

  @Test
  void noTwoCasesShareATitle() {
    List<String> titles = ContractCases.all().stream().map(ContractCase::title).toList();
    Set<String> seen = new HashSet<>();
    assertEquals(List.of(), titles.stream().filter(title -> !seen.add(title)).toList());
  }

  private static Stream<Class<?>> records(Class<?> type) {
    return type.isSealed()
        ? Stream.of(type.getPermittedSubclasses()).flatMap(ContractCoverageTest::records)
        : Stream.of(type);
  }
}
