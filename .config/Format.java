import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;

/**
 * Runs google-java-format over every Java file below a directory.
 *
 * <p>The build starts this file with the JDK that compiles the sources, because google-java-format
 * parses with the compiler it runs on, and Maven may run on an older one.
 *
 * <p>Arguments: {@code check} or {@code write}, then the directory.
 */
final class Format {

  public static void main(String[] args) throws IOException {
    boolean write = args[0].equals("write");
    if (!write && !args[0].equals("check")) {
      System.err.println("-Dformat takes check or write, not " + args[0] + ".");
      System.exit(2);
    }

    List<String> arguments = new ArrayList<>();
    if (write) {
      arguments.add("--replace");
    } else {
      arguments.addAll(List.of("--dry-run", "--set-exit-if-changed"));
    }
    arguments.addAll(javaFiles(Path.of(args[1])));

    int code =
        ToolProvider.findFirst("google-java-format")
            .orElseThrow()
            .run(System.err, System.err, arguments.toArray(String[]::new));
    if (code != 0 && !write) {
      System.err.println("The files above are not formatted. Run: mvn -q -N verify -Dformat=write");
    }
    System.exit(code);
  }

  /** Every Java file below {@code root} except in build output and hidden directories. */
  private static List<String> javaFiles(Path root) throws IOException {
    List<String> files = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            String name = dir.getFileName().toString();
            boolean skip =
                !dir.equals(root)
                    && (name.equals("target") || name.startsWith(".") && !name.equals(".config"));
            return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              files.add(root.relativize(file).toString());
            }
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(null);
    return files;
  }
}
