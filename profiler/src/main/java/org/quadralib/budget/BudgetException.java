package org.quadralib.budget;

/** No choice of back-propagation fits a budget of memory. */
public final class BudgetException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final long leastBytes;

  BudgetException(String message, long leastBytes) {
    super(message);
    this.leastBytes = leastBytes;
  }

  /** The smallest budget for which there is a choice. */
  public long leastBytes() {
    return leastBytes;
  }
}
