package org.quadralib.io;

import java.io.IOException;

/**
 * A file that is not what its format says it must be, or that uses a part of the format which is
 * not supported. The message names the file, the place, what is wrong there and what to do.
 */
public final class FormatException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final String where;

  /**
   * Describes a fault.
   *
   * @param file the file as the user knows it
   * @param where a tensor, an entry or a byte position in it
   * @param problem what is wrong there
   * @param advice what the user can do about it
   */
  public FormatException(String file, String where, String problem, String advice) {
    super(file + ", " + where + ": " + problem + "; " + advice);
    this.file = file;
    this.where = where;
  }

  /** The file as the user knows it. */
  public String file() {
    return file;
  }

  /** The tensor, entry or byte position at fault. */
  public String where() {
    return where;
  }
}
