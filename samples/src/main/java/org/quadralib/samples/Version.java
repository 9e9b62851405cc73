package org.quadralib.samples;

import java.lang.module.ModuleDescriptor;
import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints and a manifest records. */
public final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"QuadraLib " + library(), jvm(), system()};
  }

  /** Version of the library; {@code development} when run from class files. */
  public static String library() {
    return Optional.ofNullable(Version.class.getModule().getDescriptor())
        .flatMap(ModuleDescriptor::rawVersion)
        .orElse("development");
  }

  /** Name and version of the JVM. */
  public static String jvm() {
    return System.getProperty("java.vm.name") + " " + Runtime.version();
  }

  /** Operating system and processor architecture. */
  public static String system() {
    return "%s %s %s"
        .formatted(
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            System.getProperty("os.arch"));
  }
}
