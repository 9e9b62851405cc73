package org.quadralib.bench.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quadralib.samples.Terminal;
import picocli.CommandLine.Option;

/** Where results go. */
final class ReportOptions {
  @Option(
      names = "--json",
      description = "The last line of the output is one JSON object with the results.")
  private boolean json;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Also write bench.txt, bench.json and charts (PNG and SVG) into this folder.")
  private @Nullable Path folder;

  /** A display of what is going on, on standard error. */
  Progress progress(PrintWriter err) {
    return new Progress(err, Terminal.isPresent());
  }

  /** Prints and writes what was asked for. */
  void write(PrintWriter out, ObjectNode result, String table, List<Charts.Chart> charts) {
    if (folder != null) {
      try {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("bench.txt"), table);
        Files.writeString(folder.resolve("bench.json"), result.toPrettyString() + "\n");
        for (Charts.Chart chart : charts) {
          chart.write(folder);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      out.println("results in " + folder);
    }
    if (json) {
      out.println(result);
    }
    out.flush();
  }
}
