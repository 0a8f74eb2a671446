package io.traffik.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A page in headless Chromium, controlled over the DevTools protocol. */
final class HeadlessChromium {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final Process process;
  private final Path profile;
  private final WebSocket socket;
  private final AtomicInteger calls = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> pending = new ConcurrentHashMap<>();

  /** Finds Chromium in CHROME_BIN, on the PATH or in the directory of Playwright. */
  static Optional<Path> installed() throws IOException {
    List<Path> candidates = new ArrayList<>();
    if (System.getenv("CHROME_BIN") != null) {
      candidates.add(Path.of(System.getenv("CHROME_BIN")));
    }
    for (String directory : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      for (String name :
          List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")) {
        candidates.add(Path.of(directory, name));
      }
    }
    Path playwright = Path.of(System.getProperty("user.home"), ".cache", "ms-playwright");
    if (Files.isDirectory(playwright)) {
      try (Stream<Path> files = Files.find(playwright, 3, (path, of) -> path.endsWith("chrome"))) {
        files.forEach(candidates::add);
      }
    }
    return candidates.stream().filter(Files::isExecutable).findFirst();
  }

  HeadlessChromium(Path chromium) throws Exception {
    profile = Files.createTempDirectory("traffik-browser");
    process =
        new ProcessBuilder(
                chromium.toString(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--no-first-run",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(profile.resolve("log.txt").toFile())
            .start();
    Path portFile = profile.resolve("DevToolsActivePort");
    Awaitility.await()
        .atMost(40, TimeUnit.SECONDS)
        .until(() -> Files.exists(portFile) && Files.readString(portFile).contains("\n"));
    String port = Files.readAllLines(portFile).get(0);
    socket = CLIENT.newWebSocketBuilder().buildAsync(page(port), new Listener()).join();
    size(1_000, 900);
  }

  private static URI page(String port) throws Exception {
    HttpRequest list =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json")).build();
    for (JsonNode target : JSON.readTree(CLIENT.send(list, BodyHandlers.ofString()).body())) {
      if (target.get("type").asText().equals("page")) {
        return URI.create(target.get("webSocketDebuggerUrl").asText());
      }
    }
    throw new IllegalStateException("Chromium has no page.");
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder partial = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      partial.append(data);
      if (last) {
        answer(partial.toString());
        partial.setLength(0);
      }
      from.request(1);
      return null;
    }
  }

  private void answer(String text) {
    try {
      JsonNode answer = JSON.readTree(text);
      CompletableFuture<JsonNode> call =
          answer.has("id") ? pending.remove(answer.get("id").asInt()) : null;
      if (call != null) {
        call.complete(answer);
      }
    } catch (IOException e) {
      pending.values().forEach(call -> call.completeExceptionally(e));
    }
  }

  private JsonNode call(String method, Map<String, ?> parameters) {
    int id = calls.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    pending.put(id, answer);
    ObjectNode call = JSON.createObjectNode().put("id", id).put("method", method);
    call.set("params", JSON.valueToTree(parameters));
    socket.sendText(call.toString(), true).join();
    JsonNode response = answer.orTimeout(30, TimeUnit.SECONDS).join();
    if (response.has("error")) {
      throw new IllegalStateException(method + ": " + response.get("error"));
    }
    return response.get("result");
  }

  void size(int width, int height) {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
  }

  void open(String url) {
    call("Page.navigate", Map.of("url", url));
    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .until(
            () ->
                evaluate("document.readyState === 'complete' && location.href")
                    .asText()
                    .startsWith(url));
  }

  /** Evaluates an expression in the page. */
  JsonNode evaluate(String expression) {
    JsonNode response =
        call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true));
    if (response.has("exceptionDetails")) {
      throw new IllegalStateException(expression + ": " + response.get("exceptionDetails"));
    }
    return response.get("result").path("value");
  }

  byte[] screenshot() {
    return Base64.getDecoder()
        .decode(call("Page.captureScreenshot", Map.of("format", "png")).get("data").asText());
  }

  void close() throws Exception {
    socket.abort();
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    try (Stream<Path> files = Files.walk(profile)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
