package org.quadralib.samples;

import picocli.CommandLine.Option;

/** {@code --json}, the same for every command. */
final class JsonFlag {
  @Option(
      names = "--json",
      description = "The last line of standard output is the results as one JSON object.")
  boolean given;
}
