package org.quadralib.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

class TensorArenaTest {
  private static final TensorType TEN = TensorType.float32(10);

  @Test
  void aTensorStartsAsZeros() {
    try (TensorArena arena = TensorArena.root("run")) {
      Tensor tensor = arena.allocate("w", Category.PARAMETER, TEN);
      for (int i = 0; i < 10; i++) {
        assertEquals(0, tensor.get(i));
      }
      assertEquals(0, tensor.segment().address() % TensorArena.ALIGNMENT);
    }
  }

  @Test
  void theLedgerKnowsEveryByteByCategory() {
    try (TensorArena arena = TensorArena.root("run")) {
      arena.allocate("w", Category.PARAMETER, TEN);
      arena.allocate("dw", Category.GRADIENT, TEN);
      arena.allocate("slab", Map.of(Category.ACTIVATION, 100L, Category.GRADIENT, 28L));
      arena.allocateHeap("panels", 5);
      Map<Category, Long> expected =
          Map.of(
              Category.PARAMETER, 40L,
              Category.GRADIENT, 68L,
              Category.ACTIVATION, 100L,
              Category.WORKSPACE, 20L);
      assertEquals(expected, arena.ledger().current());
      assertEquals(228, arena.ledger().total());
      assertEquals(68, arena.ledger().current(Category.GRADIENT));
      assertEquals(0, arena.ledger().current(Category.OUTPUT));
    }
  }

  @Test
  void parentsCountWhatTheirChildrenHold() {
    try (TensorArena run = TensorArena.root("run")) {
      run.allocate("w", Category.PARAMETER, TEN);
      try (TensorArena step = run.child("step")) {
        step.allocate("x", Category.INPUT, TEN);
        assertEquals(40, step.ledger().total());
        assertEquals(80, run.ledger().total());
      }
      assertEquals(40, run.ledger().total());
      assertEquals(Map.of(Category.PARAMETER, 40L), run.ledger().current());
      assertEquals(80, run.ledger().peak());
    }
  }

  @Test
  void aParentDoesNotCloseBeforeItsChildrenAndNamesThem() {
    TensorArena run = TensorArena.root("run");
    TensorArena model = run.child("model");
    TensorArena data = run.child("data");
    var e = assertThrows(ArenaException.class, run::close);
    assertEquals(
        "arena 'run' cannot close while these are open: run/model, run/data", e.getMessage());
    model.close();
    e = assertThrows(ArenaException.class, run::close);
    assertEquals("arena 'run' cannot close while these are open: run/data", e.getMessage());
    data.close();
    run.close();
  }

  @Test
  void closingTwiceIsAnError() {
    TensorArena run = TensorArena.root("run");
    TensorArena model = run.child("model");
    model.close();
    var e = assertThrows(ArenaException.class, model::close);
    assertEquals("arena 'run/model' is closed already", e.getMessage());
    run.close();
  }

  @Test
  void nothingWorksAfterClosing() {
    TensorArena run = TensorArena.root("run");
    Tensor tensor = run.allocate("w", Category.PARAMETER, TEN);
    run.close();
    String message = "arena 'run' is closed already";
    assertEquals(message, assertThrows(ArenaException.class, () -> run.child("x")).getMessage());
    assertEquals(
        message,
        assertThrows(ArenaException.class, () -> run.allocate("w", Category.PARAMETER, TEN))
            .getMessage());
    assertThrows(ArenaException.class, () -> run.allocateHeap("panels", 1));
    assertThrows(IllegalStateException.class, () -> tensor.get(0));
    assertThrows(IllegalStateException.class, () -> tensor.set(0, 1));
    assertEquals(0, run.ledger().total());
    assertEquals(40, run.ledger().peak());
  }

  @Test
  void openingAndClosingTwoHundredTimesLeavesNothing() {
    try (TensorArena run = TensorArena.root("run")) {
      for (int i = 0; i < 200; i++) {
        try (TensorArena step = run.child("step" + i)) {
          step.allocate("slab", Map.of(Category.ACTIVATION, 1L << 20));
          step.allocateHeap("panels", 1000);
          try (TensorArena inner = step.child("inner")) {
            inner.allocate("x", Category.INPUT, TEN);
          }
        }
      }
      assertEquals(0, run.ledger().total());
      assertEquals(Map.of(), run.ledger().current());
      assertEquals((1L << 20) + 4000 + 40, run.ledger().peak());
    }
  }

  @Test
  void moreMemoryThanThereIsIsAnErrorThatSaysHowMuch() {
    try (TensorArena run = TensorArena.root("run")) {
      long pebibyte = 1L << 50;
      var e =
          assertThrows(
              MemoryLimitException.class,
              () -> run.allocate("the plan's slab", Map.of(Category.ACTIVATION, pebibyte)));
      assertEquals(pebibyte, e.neededBytes());
      assertTrue(e.availableBytes() > 0 && e.availableBytes() < pebibyte);
      assertEquals(
          "the plan's slab needs 1.0 PiB of memory, but only %s is available; use a smaller batch"
              .formatted(Bytes.format(e.availableBytes())),
          e.getMessage());
      assertEquals(0, run.ledger().total());
    }
  }

  @Test
  void withTracingAnErrorKnowsWhereTheArenaWasOpened() {
    TensorArena quiet = TensorArena.root("quiet");
    quiet.close();
    assertNull(assertThrows(ArenaException.class, quiet::close).getCause());
    System.setProperty("quadralib.memory.trace", "true");
    try {
      TensorArena traced = TensorArena.root("traced");
      TensorArena child = traced.child("child");
      Throwable openedAt = assertThrows(ArenaException.class, traced::close).getCause();
      assertNotNull(openedAt);
      assertEquals(
          getClass().getName(),
          java.util.Arrays.stream(openedAt.getStackTrace())
              .map(StackTraceElement::getClassName)
              .filter(name -> !name.equals(TensorArena.class.getName()))
              .findFirst()
              .orElseThrow());
      child.close();
      traced.close();
    } finally {
      System.clearProperty("quadralib.memory.trace");
    }
  }
}
