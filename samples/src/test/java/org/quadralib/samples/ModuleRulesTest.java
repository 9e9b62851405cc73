package org.quadralib.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.constant.ClassDesc;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Guards the table of modules in CONTRIBUTING.md: what each may depend on.
 *
 * <p>The compiler keeps a named module to what its module-info requires, so the descriptors are
 * enough. The TornadoVM backend is no named module: there the class files are read.
 */
class ModuleRulesTest {

  private static final String CORE = "org.quadralib.core";
  private static final String LAYERS = "org.quadralib.layers";
  private static final String OPTIM = "org.quadralib.optim";
  private static final String JSON = "com.fasterxml.jackson.databind";
  private static final String YAML = "com.fasterxml.jackson.dataformat.yaml";

  private static final String PROTOBUF = "com.google.protobuf";

  /** What a module may require beside the JDK. The command line may require everything. */
  private static final Map<String, Set<String>> ALLOWED =
      Map.of(
          CORE,
          Set.of(),
          "org.quadralib.vector",
          Set.of(CORE),
          LAYERS,
          Set.of(CORE),
          OPTIM,
          Set.of(CORE, LAYERS, JSON, YAML, PROTOBUF),
          "org.quadralib.profiler",
          Set.of(CORE, LAYERS, OPTIM, JSON, YAML, PROTOBUF, "org.knowm.xchart"));

  private static final String TORNADO = "org.quadralib.tornado";
  private static final String TORNADO_API = "uk.ac.manchester.tornado.api";

  static Stream<String> modules() {
    return ALLOWED.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("modules")
  void requiresOnlyWhatTheTableAllows(String name) throws IOException {
    Set<String> extra = new TreeSet<>();
    for (Requires required : descriptor(name).requires()) {
      if (!isJdk(required.name())
          && !isAnnotationsOnly(required)
          && !ALLOWED.get(name).contains(required.name())) {
        extra.add(required.name());
      }
    }
    assertTrue(extra.isEmpty(), () -> name + " must not require " + extra);
  }

  @Test
  void everyModuleIsInTheTable() throws IOException {
    Set<String> expected = new TreeSet<>(ALLOWED.keySet());
    expected.add("org.quadralib.samples");
    assertEquals(expected, descriptors().keySet());
  }

  @Test
  void tornadoUsesOnlyCoreAndTheTornadoApi() throws IOException, URISyntaxException {
    List<ClassModel> classes = classesOf(TORNADO);
    assertFalse(classes.isEmpty(), "no class of " + TORNADO + " is on the class path");

    Set<String> core = descriptor(CORE).packages();
    Set<String> extra = new TreeSet<>();
    for (ClassModel model : classes) {
      for (String name : packagesUsedBy(model)) {
        boolean allowed =
            core.contains(name)
                || isInside(name, TORNADO)
                || isInside(name, TORNADO_API)
                || isInside(name, "java");
        if (!allowed) {
          extra.add(name);
        }
      }
    }
    assertTrue(extra.isEmpty(), () -> TORNADO + " must not use " + extra);
  }

  private static boolean isJdk(String module) {
    return isInside(module, "java") || isInside(module, "jdk");
  }

  private static boolean isAnnotationsOnly(Requires required) {
    return required.name().equals("org.jspecify")
        && required.modifiers().contains(Requires.Modifier.STATIC);
  }

  private static boolean isInside(String name, String prefix) {
    return name.equals(prefix) || name.startsWith(prefix + ".");
  }

  private static ModuleDescriptor descriptor(String name) throws IOException {
    ModuleDescriptor descriptor = descriptors().get(name);
    assertTrue(descriptor != null, () -> "no module-info of " + name + " is on the class path");
    return descriptor;
  }

  /** The module descriptors of QuadraLib on the class path, by name. */
  private static Map<String, ModuleDescriptor> descriptors() throws IOException {
    Map<String, ModuleDescriptor> descriptors = new TreeMap<>();
    for (URL url : resources("module-info.class")) {
      try (InputStream in = url.openStream()) {
        ModuleDescriptor descriptor = ModuleDescriptor.read(in);
        if (isInside(descriptor.name(), "org.quadralib")) {
          descriptors.put(descriptor.name(), descriptor);
        }
      }
    }
    return descriptors;
  }

  private static Set<String> packagesUsedBy(ClassModel model) {
    Set<String> packages = new HashSet<>();
    StreamSupport.stream(model.constantPool().spliterator(), false)
        .filter(ClassEntry.class::isInstance)
        .map(entry -> elementType(((ClassEntry) entry).asSymbol()))
        .filter(type -> !type.isPrimitive())
        .forEach(type -> packages.add(type.packageName()));
    return packages;
  }

  private static ClassDesc elementType(ClassDesc type) {
    return type.isArray() ? elementType(type.componentType()) : type;
  }

  private static List<ClassModel> classesOf(String packageName)
      throws IOException, URISyntaxException {
    List<ClassModel> classes = new ArrayList<>();
    String directory = packageName.replace('.', '/');
    for (URL url : resources(directory)) {
      URI uri = url.toURI();
      if (uri.getScheme().equals("jar")) {
        try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
          classes.addAll(classesBelow(jar.getPath(directory)));
        }
      } else {
        classes.addAll(classesBelow(Path.of(uri)));
      }
    }
    return classes;
  }

  private static List<ClassModel> classesBelow(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".class"))
          .map(ModuleRulesTest::parse)
          .toList();
    }
  }

  private static ClassModel parse(Path file) {
    try {
      return ClassFile.of().parse(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<URL> resources(String name) throws IOException {
    return Collections.list(ModuleRulesTest.class.getClassLoader().getResources(name));
  }
}
