package org.quadralib.bench.peer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.quadralib.bench.versus.Contestant;
import org.quadralib.bench.versus.Workload;
import org.quadralib.layers.Mode;
import org.quadralib.layers.Model;
import org.quadralib.layers.ParameterSpec;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;

/** PyTorch in a Python process of its own, which waits while others compute. */
final class PythonPeer implements Contestant {
  private final PythonProcess process;
  private final String description;
  private final int threads;

  PythonPeer(Workload workload, Model weights, Python python) {
    ObjectNode job = job(workload, weights).put("device", python.device());
    try {
      Path folder = Files.createTempDirectory("quadra-bench");
      process = new PythonProcess(python.interpreter(), folder, workload.threads());
      Path data = Files.createTempFile("quadra-bench", ".data");
      try {
        write(data, workload, weights);
        JsonNode answer = process.ask(job.put("file", data.toString()));
        description =
            "PyTorch %s on Python %s, %s"
                .formatted(
                    answer.get("version").asText(),
                    answer.get("python").asText(),
                    answer.get("device").asText());
        threads = answer.get("threads").asInt();
      } catch (RuntimeException e) {
        process.close();
        throw e;
      } finally {
        Files.delete(data);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the process needs to know but the numbers. */
  private static ObjectNode job(Workload workload, Model weights) {
    ObjectNode job = PythonProcess.command();
    job.put("threads", workload.threads());
    job.put("learningRate", Workload.LEARNING_RATE);
    job.put("momentum", Workload.MOMENTUM);
    job.put("weightDecay", Workload.WEIGHT_DECAY);
    job.put("outputs", outputElements(workload));
    ArrayNode input = job.putArray("input").add(workload.batch());
    addTo(input, workload.example());
    job.put("sample", Contestant.SAMPLE);
    ArrayNode parameters = job.putArray("parameters");
    for (ParameterSpec spec : weights.specs()) {
      ObjectNode parameter = parameters.addObject();
      parameter.put("name", spec.name());
      parameter.put("trainable", spec.trainable());
      addTo(parameter.putArray("shape"), spec.type().shape());
    }
    PeerProgram program = PeerProgram.of(workload.network());
    job.set("operations", new ObjectMapper().valueToTree(program.ops()));
    return job;
  }

  private static void addTo(ArrayNode array, Shape shape) {
    for (int axis = 0; axis < shape.rank(); axis++) {
      array.add(shape.dim(axis));
    }
  }

  private static long outputElements(Workload workload) {
    return Model.trace(
            workload.network(),
            workload.example(),
            workload.batch(),
            Mode.EVALUATE,
            DType.FLOAT32,
            workload.ways())
        .output()
        .shape()
        .elements();
  }

  /**
   * Images, what comes back to the last layer, labels and parameters one after another, in the byte
   * order of the machine.
   */
  private static void write(Path file, Workload workload, Model weights) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      writeFloats(out, workload.images());
      writeFloats(out, Workload.upstream(outputElements(workload)));
      ByteBuffer labels = bytes(workload.batch());
      labels.asIntBuffer().put(workload.labels());
      out.write(labels.array());
      for (ParameterSpec spec : weights.specs()) {
        writeFloats(out, Objects.requireNonNull(weights.parameters().get(spec.name())).toFloats());
      }
    }
  }

  private static void writeFloats(OutputStream out, float[] values) throws IOException {
    ByteBuffer buffer = bytes(values.length);
    buffer.asFloatBuffer().put(values);
    out.write(buffer.array());
  }

  private static ByteBuffer bytes(int numbers) {
    return ByteBuffer.allocate(Math.multiplyExact(4, numbers)).order(ByteOrder.nativeOrder());
  }

  @Override
  public String name() {
    return "python";
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public int threads() {
    return threads;
  }

  @Override
  public float[] evaluate() {
    return numbers(process.ask(PythonProcess.command().put("do", "evaluate")));
  }

  @Override
  public float[] inputGradient() {
    return numbers(process.ask(PythonProcess.command().put("do", "inputGradient")));
  }

  private static float[] numbers(JsonNode answer) {
    JsonNode list = answer.get("numbers");
    float[] values = new float[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) number(list.get(i));
    }
    return values;
  }

  /** Python writes {@code inf} and {@code nan}. */
  private static double number(JsonNode text) {
    return Double.parseDouble(text.asText().replace("inf", "Infinity").replace("nan", "NaN"));
  }

  @Override
  public Timing infer(int runs) {
    return timed("infer", runs);
  }

  @Override
  public Timing train(int steps) {
    return timed("train", steps);
  }

  @Override
  public Timing forward(int runs) {
    return timed("forward", runs);
  }

  @Override
  public Timing forwardAndBackward(int runs) {
    return timed("forwardAndBackward", runs);
  }

  private Timing timed(String what, int runs) {
    JsonNode answer = process.ask(PythonProcess.command().put("do", what).put("runs", runs));
    double loss = answer.has("loss") ? number(answer.get("loss")) : Double.NaN;
    return Timing.of(answer.get("nanos").asLong(), runs, loss);
  }

  @Override
  public void close() {
    process.close();
  }
}
