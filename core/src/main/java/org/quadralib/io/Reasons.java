package org.quadralib.io;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.zip.ZipException;

/** Why something could not be done with a file, in words; Java's often are the path alone. */
public final class Reasons {
  private Reasons() {}

  /** The reason without the path, for a message that names it already. */
  public static String of(IOException e) {
    return switch (e) {
      case FileSystemException f when f.getReason() != null -> f.getReason();
      case AccessDeniedException denied -> "permission denied";
      case NoSuchFileException missing -> "there is no such file or folder";
      case FileAlreadyExistsException there -> "a file of that name is there";
      case NotDirectoryException file -> "it is not a folder";
      case ZipException zip when String.valueOf(zip.getMessage()).contains("END header") ->
          "its end, which lists what it holds, is missing: the file is cut short";
      case EOFException end -> "the file is cut short";
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }
}
