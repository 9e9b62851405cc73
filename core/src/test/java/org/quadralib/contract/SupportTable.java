package org.quadralib.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a backend passed, operation by operation. */
final class SupportTable {
  private static final class Row {
    int passed;
    int failed;
    int unsupported;
    double worst;
  }

  private final String backend;
  private final String description;
  private final Map<String, Row> rows = new TreeMap<>();

  SupportTable(String backend, String description) {
    this.backend = backend;
    this.description = description;
  }

  /**
   * @param worst largest error as a share of the allowed one
   */
  void passed(ContractCase contractCase, double worst) {
    Row row = row(contractCase);
    row.passed++;
    row.worst = Math.max(row.worst, worst);
  }

  void failed(ContractCase contractCase) {
    row(contractCase).failed++;
  }

  void unsupported(ContractCase contractCase) {
    row(contractCase).unsupported++;
  }

  private Row row(ContractCase contractCase) {
    return rows.computeIfAbsent(contractCase.op().getSimpleName(), name -> new Row());
  }

  /**
   * Writes the table to {@code target/contract-<backend>.txt} and prints it beside those that the
   * modules built before have written.
   */
  void publish() {
    Path file = Path.of("target", "contract-" + backend + ".txt");
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, toString());
      System.out.println(beside(file.toAbsolutePath()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the table of support to " + file, e);
    }
  }

  @Override
  public String toString() {
    Map<String, String> cells = new TreeMap<>();
    rows.forEach((op, row) -> cells.put(op, cell(row)));
    return format("Contract of " + description, List.of(backend), List.of(cells));
  }

  private static String format(
      String title, List<String> backends, List<Map<String, String>> columns) {
    Set<String> operations = new TreeSet<>();
    columns.forEach(column -> operations.addAll(column.keySet()));
    StringBuilder text = new StringBuilder(title);
    text.append("\nPassed checks, and their largest error as a share of the allowed one.\n\n");
    text.append(line("operation", backends));
    text.append("|").append("-".repeat(32)).append("|");
    text.append(("-".repeat(18) + "|").repeat(backends.size())).append("\n");
    for (String operation : operations) {
      text.append(
          line(operation, columns.stream().map(c -> c.getOrDefault(operation, "")).toList()));
    }
    return text.toString();
  }

  private static String line(String operation, List<String> cells) {
    return cells.stream()
        .map(cell -> String.format("%-16s", cell))
        .collect(Collectors.joining(" | ", String.format("| %-30s | ", operation), " |\n"));
  }

  /** This table and those of the sibling modules in one. */
  private static String beside(Path file) throws IOException {
    Path modules = file.getParent().getParent().getParent();
    List<String> backends = new ArrayList<>();
    List<Map<String, String>> columns = new ArrayList<>();
    try (Stream<Path> siblings = Files.list(modules)) {
      for (Path module : siblings.sorted().toList()) {
        for (Path table : tables(module.resolve(file.getParent().getFileName()))) {
          Map<String, String> cells = read(table);
          backends.add(cells.remove("operation"));
          columns.add(cells);
        }
      }
    }
    return format("Contract of all backends built so far", backends, columns);
  }

  private static List<Path> tables(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.getFileName().toString().matches("contract-.+\\.txt")).toList();
    }
  }

  /** Cells by operation, and the name of the backend under {@code operation}. */
  private static Map<String, String> read(Path table) throws IOException {
    Map<String, String> cells = new TreeMap<>();
    for (String line : Files.readAllLines(table)) {
      String[] parts = line.split("\\|");
      if (parts.length == 3 && !parts[1].startsWith("-")) {
        cells.put(parts[1].strip(), parts[2].strip());
      }
    }
    return cells;
  }

  private static String cell(Row row) {
    if (row.failed > 0) {
      return "%d FAILED of %d".formatted(row.failed, row.failed + row.passed);
    }
    if (row.passed == 0) {
      return "–";
    }
    String passed = String.format(Locale.ROOT, "%4d  %.2f", row.passed, row.worst);
    return row.unsupported == 0 ? passed : passed + "  (– " + row.unsupported + ")";
  }
}
