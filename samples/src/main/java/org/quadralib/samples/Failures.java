package org.quadralib.samples;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.quadralib.backend.DeviceException;
import org.quadralib.checkpoint.CheckpointException;
import org.quadralib.data.DataException;
import org.quadralib.memory.MemoryLimitException;
import org.quadralib.names.Suggestions;
import org.quadralib.tensor.ShapeException;
import org.quadralib.train.DivergenceException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns exceptions into one sentence on standard error and an exit code. */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {
  /** The library has a fault, or a device does not do what it is told. */
  static final int INTERNAL = 1;

  /** A build ended without meeting its budget; its results are there. */
  static final int BUDGET_NOT_MET = 1;

  /** The user can mend it: options, files, shapes, memory, disk. */
  static final int WRONG_INPUT = 2;

  /** The loss is not a number any more. */
  static final int DIVERGED = 3;

  /** Ended by Ctrl-C, as shells number it. */
  static final int INTERRUPTED = 130;

  private final BooleanSupplier stacktrace;

  Failures(BooleanSupplier stacktrace) {
    this.stacktrace = stacktrace;
  }

  /** Wrong options and arguments. */
  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    report(command.getErr(), sentence(e), e);
    command.getErr().printf("See '%s --help'.%n", command.getCommandSpec().qualifiedName());
    return WRONG_INPUT;
  }

  /** Everything that goes wrong while a command runs. */
  @Override
  public int handleExecutionException(
      Exception e, CommandLine command, @Nullable ParseResult parsed) {
    report(command.getErr(), sentence(e), e);
    return exitCode(e);
  }

  private void report(PrintWriter err, String sentence, Exception e) {
    err.println("quadra: " + Terminal.harmless(sentence));
    if (stacktrace.getAsBoolean()) {
      e.printStackTrace(err);
    }
    err.flush();
  }

  private static int exitCode(Exception e) {
    if (e instanceof DivergenceException) {
      return DIVERGED;
    }
    return isUsersToMend(e) ? WRONG_INPUT : INTERNAL;
  }

  private static boolean isUsersToMend(Exception e) {
    boolean kind =
        e instanceof IOException
            || e instanceof UncheckedIOException
            || e instanceof IllegalArgumentException
            || e instanceof UnsupportedOperationException
            || e instanceof ShapeException
            || e instanceof DataException
            || e instanceof CheckpointException
            || e instanceof DivergenceException
            || e instanceof MemoryLimitException;
    return kind && e.getMessage() != null;
  }

  private static String sentence(Exception e) {
    return switch (e) {
      case UncheckedIOException u when u.getCause() != null -> sentence(u.getCause());
      case NoSuchFileException missing -> missing.getFile() + ": there is no such file or folder";
      case AccessDeniedException denied -> denied.getFile() + ": permission denied";
      case FileSystemException f when f.getReason() != null -> f.getFile() + ": " + f.getReason();
      case DeviceException device -> String.valueOf(device.getMessage());
      case Exception known when isUsersToMend(known) -> String.valueOf(known.getMessage());
      default ->
          "internal error, please report it with the output of --stacktrace: "
              + e
              + (e.getStackTrace().length > 0 ? " at " + e.getStackTrace()[0] : "");
    };
  }

  private static String sentence(ParameterException e) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    if (e instanceof UnmatchedArgumentException unmatched) {
      String argument = unmatched.getUnmatched().getFirst();
      List<String> options = new ArrayList<>();
      for (OptionSpec option : command.options()) {
        if (!option.hidden()) {
          options.addAll(List.of(option.names()));
        }
      }
      if (unmatched.isUnknownOption()) {
        String name = argument.replaceFirst("=.*", "");
        return "there is no option '%s'%s".formatted(name, Suggestions.didYouMean(name, options));
      }
      List<String> commands = List.copyOf(command.subcommands().keySet());
      return commands.isEmpty()
          ? "'%s' is one argument too many".formatted(argument)
          : "there is no command '%s'%s"
              .formatted(argument, Suggestions.didYouMean(argument, commands));
    }
    @Nullable String message = e.getMessage();
    return message == null ? "the arguments cannot be understood" : plain(message);
  }

  /** Picocli's words without Java's. */
  static String plain(String text) {
    String plain =
        text.replaceFirst("is not an? (int|long)$", "is not a whole number")
            .replaceFirst("is not a double$", "is not a number")
            .replaceFirst("is not a boolean$", "is neither true nor false");
    return plain.isEmpty() ? plain : Character.toLowerCase(plain.charAt(0)) + plain.substring(1);
  }
}
