package org.quadralib.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A browser without a screen, spoken to through its DevTools protocol. */
final class Chromium implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path profile;
  private final Process process;
  private final HttpClient http;
  private final WebSocket socket;
  private final BlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();
  private final List<JsonNode> events = new ArrayList<>();
  private final String session;
  private int nextId = 1;

  /** The program, if there is one. */
  static Optional<Path> program() {
    String path = System.getenv("PATH");
    return Stream.of((path == null ? "" : path).split(File.pathSeparator))
        .flatMap(
            folder ->
                Stream.of("chromium", "chromium-browser", "google-chrome")
                    .map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * What a page did when it was shown.
   *
   * @param problems errors and warnings of the console, and what could not be loaded
   * @param requests addresses that were asked for beside the page itself
   */
  record Shown(List<String> problems, List<String> requests) {}

  /** Starts a browser with a fresh profile below a folder. */
  Chromium(Path program, Path folder) throws IOException, InterruptedException {
    profile = Files.createDirectories(folder.resolve("profile"));
    process =
        new ProcessBuilder(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("chromium.log").toFile())
            .start();
    http = HttpClient.newHttpClient();
    socket = connect(profile.resolve("DevToolsActivePort"));
    ObjectNode target = parameters().put("url", "about:blank");
    String page = call("Target.createTarget", target, null).path("targetId").asText();
    ObjectNode attach = parameters().put("targetId", page).put("flatten", true);
    session = call("Target.attachToTarget", attach, null).path("sessionId").asText();
    for (String domain : List.of("Page", "Network", "Log", "Runtime")) {
      call(domain + ".enable", parameters(), session);
    }
  }

  private WebSocket connect(Path portFile) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.exists(portFile) || Files.readAllLines(portFile).size() < 2) {
      if (System.nanoTime() > deadline || !process.isAlive()) {
        throw new IOException("the browser did not start");
      }
      Thread.sleep(50);
    }
    List<String> lines = Files.readAllLines(portFile);
    URI address = URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1));
    return http.newWebSocketBuilder()
        .buildAsync(
            address,
            new WebSocket.Listener() {
              private final StringBuilder text = new StringBuilder();

              @Override
              public @Nullable CompletionStage<?> onText(
                  WebSocket webSocket, CharSequence data, boolean last) {
                text.append(data);
                if (last) {
                  try {
                    messages.add(JSON.readTree(text.toString()));
                  } catch (IOException e) {
                    throw new IllegalStateException(e);
                  }
                  text.setLength(0);
                }
                webSocket.request(1);
                return null;
              }
            })
        .join();
  }

  /** Shows a file in a window of this width and says what it did. */
  Shown show(Path file, int width, boolean dark) throws IOException, InterruptedException {
    events.clear();
    call(
        "Emulation.setDeviceMetricsOverride",
        parameters()
            .put("width", width)
            .put("height", 800)
            .put("deviceScaleFactor", 1)
            .put("mobile", width < 600),
        session);
    ObjectNode media = parameters();
    media
        .putArray("features")
        .addObject()
        .put("name", "prefers-color-scheme")
        .put("value", dark ? "dark" : "light");
    call("Emulation.setEmulatedMedia", media, session);
    String address = file.toUri().toString();
    call("Page.navigate", parameters().put("url", address), session);
    while (events.stream()
        .noneMatch(e -> e.path("method").asText().equals("Page.loadEventFired"))) {
      take();
    }
    evaluate("document.querySelectorAll('details').forEach(d => d.open = true)");
    List<String> problems = new ArrayList<>();
    List<String> requests = new ArrayList<>();
    for (JsonNode event : events) {
      switch (event.path("method").asText()) {
        case "Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown" ->
            problems.add(event.toString());
        case "Network.requestWillBeSent" -> {
          String url = event.at("/params/request/url").asText();
          if (!url.equals(address) && !url.startsWith("data:")) {
            requests.add(url);
          }
        }
        default -> {}
      }
    }
    return new Shown(problems, requests);
  }

  /** The value of an expression in the page. */
  JsonNode evaluate(String expression) throws IOException, InterruptedException {
    ObjectNode parameters = parameters().put("expression", expression).put("returnByValue", true);
    return call("Runtime.evaluate", parameters, session).at("/result/value");
  }

  /** Writes a picture of the whole page. */
  void screenshot(Path file) throws IOException, InterruptedException {
    int width = evaluate("window.innerWidth").asInt();
    int height = evaluate("document.documentElement.scrollHeight").asInt();
    ObjectNode parameters = parameters().put("format", "png").put("captureBeyondViewport", true);
    parameters
        .putObject("clip")
        .put("x", 0)
        .put("y", 0)
        .put("width", width)
        .put("height", Math.min(height, 16_000))
        .put("scale", 1);
    String data = call("Page.captureScreenshot", parameters, session).path("data").asText();
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, Base64.getDecoder().decode(data));
  }

  private static ObjectNode parameters() {
    return JsonNodeFactory.instance.objectNode();
  }

  private JsonNode call(String method, ObjectNode parameters, @Nullable String inSession)
      throws IOException, InterruptedException {
    int id = nextId++;
    ObjectNode message = parameters().put("id", id).put("method", method);
    message.set("params", parameters);
    if (inSession != null) {
      message.put("sessionId", inSession);
    }
    socket.sendText(message.toString(), true).join();
    while (true) {
      JsonNode answer = take();
      if (answer.path("id").asInt() == id) {
        if (answer.has("error")) {
          throw new IOException(method + ": " + answer.path("error"));
        }
        return answer.path("result");
      }
    }
  }

  private JsonNode take() throws IOException, InterruptedException {
    JsonNode message = messages.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (message == null) {
      throw new IOException("the browser does not answer");
    }
    if (message.has("method")) {
      events.add(message);
    }
    return message;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    socket.abort();
    http.close();
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    // Its locks are links to nowhere, which those who clean up do not like.
    for (String lock : List.of("SingletonLock", "SingletonCookie", "SingletonSocket")) {
      Files.deleteIfExists(profile.resolve(lock));
    }
  }
}
