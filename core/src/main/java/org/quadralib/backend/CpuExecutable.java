package org.quadralib.backend;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.plan.Plan;
import org.quadralib.tensor.Tensor;

/** Runs kernels in the order of the plan. */
final class CpuExecutable implements Executable {
  private final Plan plan;
  private final Map<Value, Tensor> tensors;
  private final Map<String, Tensor> inputs;
  private final Map<String, Tensor> outputs;
  private final Kernel[] kernels;
  private final Node[] nodes;

  CpuExecutable(Plan plan, Map<Value, Tensor> tensors, List<Kernel> kernels) {
    this.plan = plan;
    this.tensors = tensors;
    this.inputs =
        plan.graph().inputs().stream().collect(Collectors.toMap(Value::name, tensors::get));
    this.outputs =
        plan.graph().outputs().entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, e -> tensors.get(e.getValue())));
    this.kernels = kernels.toArray(Kernel[]::new);
    this.nodes = plan.graph().nodes().toArray(Node[]::new);
  }

  @Override
  public Plan plan() {
    return plan;
  }

  @Override
  public Tensor input(String name) {
    return find(inputs, name, "input");
  }

  @Override
  public Tensor output(String name) {
    return find(outputs, name, "output");
  }

  @Override
  public Optional<Tensor> value(Value value) {
    return Optional.ofNullable(tensors.get(value));
  }

  @Override
  public void run(ExecutionListener listener) {
    for (int i = 0; i < kernels.length; i++) {
      listener.before(i + 1, nodes[i]);
      kernels[i].run();
      listener.after(i + 1, nodes[i]);
    }
  }

  private static Tensor find(Map<String, Tensor> tensors, String name, String kind) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "there is no %s '%s', only %s".formatted(kind, name, tensors.keySet()));
    }
    return tensor;
  }
}
