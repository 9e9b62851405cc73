package org.quadralib.architecture;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quadralib.layers.Layer;
import org.quadralib.layers.LayerGraph;
import org.quadralib.layers.Residual;
import org.quadralib.layers.Sequential;

/** Networks as YAML: containers here, the layers in them by {@link LeafYaml}. */
final class LayerYaml {
  private static final String SEQUENTIAL = "sequential";
  private static final String RESIDUAL = "residual";
  private static final String GRAPH = "graph";

  static final List<String> TYPES = List.of(SEQUENTIAL, RESIDUAL, GRAPH);

  private LayerYaml() {}

  static Layer read(Fields fields) {
    fields.has("name"); // the container's to read
    return fields.build(
        f ->
            switch (f.text("type")) {
              case SEQUENTIAL -> sequential(f);
              case RESIDUAL -> residual(f);
              case GRAPH -> graph(f);
              default -> LeafYaml.read(f);
            });
  }

  private static Layer sequential(Fields fields) {
    Sequential result = Sequential.of();
    for (Fields item : fields.mappings("layers")) {
      String name = item.text("name", Integer.toString(result.layers().size()));
      result = result.then(name, read(item));
    }
    return result;
  }

  private static Layer residual(Fields fields) {
    Optional<Layer> shortcut =
        fields.has("shortcut") ? Optional.of(read(fields.mapping("shortcut"))) : Optional.empty();
    String name = fields.text("shortcut-name", Residual.SHORTCUT);
    return new Residual(read(fields.mapping("body")), shortcut, name);
  }

  private static Layer graph(Fields fields) {
    List<LayerGraph.Node> nodes = new ArrayList<>();
    for (Fields item : fields.mappings("nodes")) {
      nodes.add(
          item.build(
              f ->
                  new LayerGraph.Node(
                      f.text("name"),
                      f.texts("inputs"),
                      f.choice("merge", LayerGraph.Merge.class, LayerGraph.Merge.ADD),
                      f.has("layer") ? read(f.mapping("layer")) : Sequential.of())));
    }
    return new LayerGraph(nodes);
  }

  /** Writes a layer as the value of a key; each line starts with the indent. */
  static void write(StringBuilder text, String indent, Layer layer) {
    write(text, indent, indent, "", layer);
  }

  /** Writes a layer whose first line has another indent, such as the dash of a list. */
  private static void write(
      StringBuilder text, String first, String rest, String name, Layer layer) {
    Map<String, Object> head = new LinkedHashMap<>();
    if (!name.isEmpty()) {
      head.put("name", name);
    }
    switch (layer) {
      case Sequential s -> {
        head.put("type", SEQUENTIAL);
        head(text, first, rest, head);
        text.append(rest).append("layers:").append(s.layers().isEmpty() ? " []\n" : "\n");
        int index = 0;
        for (Map.Entry<String, Layer> entry : s.layers().entrySet()) {
          boolean usual = entry.getKey().equals(Integer.toString(index++));
          String shown = usual ? "" : YamlText.quoted(entry.getKey());
          write(text, rest + "- ", rest + "  ", shown, entry.getValue());
        }
      }
      case Residual r -> {
        head.put("type", RESIDUAL);
        if (!r.shortcutName().equals(Residual.SHORTCUT)) {
          head.put("shortcut-name", YamlText.quoted(r.shortcutName()));
        }
        head(text, first, rest, head);
        text.append(rest).append("body:\n");
        write(text, rest + "  ", r.body());
        r.shortcut()
            .ifPresent(
                shortcut -> {
                  text.append(rest).append("shortcut:\n");
                  write(text, rest + "  ", shortcut);
                });
      }
      case LayerGraph g -> {
        head.put("type", GRAPH);
        head(text, first, rest, head);
        text.append(rest).append("nodes:\n");
        g.nodes().forEach(node -> node(text, rest, node));
      }
      default -> {
        YamlText entries = new YamlText();
        head.forEach(entries::add);
        text.append(first).append(LeafYaml.write(layer, entries).flow()).append('\n');
      }
    }
  }

  private static void node(StringBuilder text, String indent, LayerGraph.Node node) {
    Map<String, Object> head = new LinkedHashMap<>();
    head.put("name", YamlText.quoted(node.name()));
    head.put("inputs", node.inputs().stream().map(YamlText::quoted).toList());
    if (node.merge() != LayerGraph.Merge.ADD) {
      head.put("merge", YamlText.name(node.merge()));
    }
    head(text, indent + "- ", indent + "  ", head);
    if (!node.layer().equals(Sequential.of())) {
      text.append(indent).append("  layer:\n");
      write(text, indent + "    ", node.layer());
    }
  }

  private static void head(
      StringBuilder text, String first, String rest, Map<String, Object> entries) {
    String indent = first;
    for (Map.Entry<String, Object> entry : entries.entrySet()) {
      text.append(indent).append(entry.getKey()).append(": ").append(entry.getValue()).append('\n');
      indent = rest;
    }
  }
}
