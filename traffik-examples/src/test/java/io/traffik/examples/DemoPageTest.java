package io.traffik.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.javalin.Javalin;
import io.traffik.memory.InMemoryBackend;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The page of the demo in a real browser, with a manual clock. */
@Tag("once")
final class DemoPageTest {

  private static final Pattern LEFT = Pattern.compile("RateLimit: \"hello\";r=(\\d+);t=(\\d+)");

  private final AtomicLong clock = new AtomicLong();
  private Javalin server;
  private HeadlessChromium browser;

  @BeforeEach
  void start() throws Exception {
    Optional<Path> chromium = HeadlessChromium.installed();
    if (chromium.isEmpty()) {
      String missing =
          "Chromium not found on the PATH or in CHROME_BIN; skipping the tests of the page.";
      System.getLogger(DemoPageTest.class.getName()).log(Level.WARNING, missing);
      Assumptions.abort(missing);
    }
    server =
        Demo.server(InMemoryBackend.builder("demo").clock(clock::get).build())
            .start("127.0.0.1", 0);
    browser = new HeadlessChromium(chromium.get());
    browser.open("http://127.0.0.1:" + server.port() + "/");
  }

  @AfterEach
  void stop() throws Exception {
    if (browser != null) {
      browser.close();
    }
    if (server != null) {
      server.stop();
    }
  }

  private void click(String client, String action) {
    browser.evaluate(
        "document.querySelector('#" + client + " [data-action=" + action + "]').click()");
  }

  private String text(String client, String selector) {
    return browser
        .evaluate("document.querySelector('#" + client + " " + selector + "').textContent")
        .asText();
  }

  /** Waits until the page displays this state of a bucket. */
  private void awaitBucket(String client, int remaining, int resetMillis) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(
                        browser
                            .evaluate(
                                "(({ remaining, resetMs }) => remaining + ' ' + resetMs)"
                                    + "(document.getElementById('"
                                    + client
                                    + "').dataset)")
                            .asText())
                    .isEqualTo(remaining + " " + resetMillis));
  }

  private void awaitCounts(String client, int served, int denied) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(text(client, ".counts"))
                    .isEqualTo(served + " served, " + denied + " denied"));
  }

  /** The RateLimit headers that the page displays, the latest first. */
  private List<String> rateLimits(String client) {
    String lines =
        browser
            .evaluate(
                "[...document.querySelectorAll('#"
                    + client
                    + " .answers li')].map(line => line.textContent).join('\\n')")
            .asText();
    return LEFT.matcher(lines)
        .results()
        .map(found -> found.group(1) + " in " + found.group(2))
        .toList();
  }

  @Test
  void bucket_drainsAndRefillsAsTheHeadersReport() {
    awaitBucket("alice", 10, 0);
    click("alice", "ten");
    awaitCounts("alice", 10, 0);
    awaitBucket("alice", 0, 10_000);
    assertThat(rateLimits("alice"))
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, 10).mapToObj(left -> left + " in " + (10 - left)).toList());

    click("alice", "one");
    awaitCounts("alice", 10, 1);
    assertThat(text("alice", ".answers li"))
        .isEqualTo("429RateLimit: \"hello\";r=0;t=10  Retry-After: 1");

    clock.addAndGet(Duration.ofMillis(3_500).toNanos());
    awaitBucket("alice", 3, 6_500);
    click("alice", "one");
    awaitCounts("alice", 11, 1);
    awaitBucket("alice", 2, 7_500);
    assertThat(rateLimits("alice").get(0)).isEqualTo("2 in 8");
    assertThat(text("alice", "output")).isEqualTo("2");

    clock.addAndGet(Duration.ofSeconds(8).toNanos());
    awaitBucket("alice", 10, 0);
    await().untilAsserted(() -> assertThat(text("alice", ".full")).isEqualTo("full"));
  }

  @Test
  void messages_shareTheBucketOfTheirClientOnly() {
    awaitBucket("alice", 10, 0);
    awaitBucket("bob", 10, 0);
    click("alice", "message");
    awaitCounts("alice", 1, 0);
    awaitBucket("alice", 9, 1_000);
    click("alice", "flood");
    awaitCounts("alice", 10, 51);
    awaitBucket("alice", 0, 10_000);
    click("alice", "message");
    awaitCounts("alice", 10, 52);
    assertThat(text("alice", ".answers li"))
        .startsWith("message 429")
        .contains("\"retry_after\":1");
    awaitBucket("bob", 10, 0);
    click("bob", "one");
    awaitBucket("bob", 9, 1_000);
    awaitBucket("alice", 0, 10_000);
  }

  @Test
  void waterLevel_matchesTheServersState() {
    awaitBucket("alice", 10, 0);
    click("alice", "ten");
    awaitBucket("alice", 0, 10_000);
    clock.addAndGet(Duration.ofSeconds(4).toNanos());
    awaitBucket("alice", 4, 6_000);
    String height = "parseFloat(document.querySelector('#alice .water').style.height)";
    // The page extrapolates for at most half a second after the last update.
    await().until(() -> browser.evaluate(height).asDouble() >= 40);
    assertThat(browser.evaluate(height).asDouble()).isBetween(40.0, 45.0);
  }

  @Test
  void page_fitsAPhone() throws Exception {
    browser.size(360, 780);
    awaitBucket("alice", 10, 0);
    assertThat(
            browser
                .evaluate("document.documentElement.scrollWidth <= window.innerWidth")
                .asBoolean())
        .as("no horizontal scrolling")
        .isTrue();
    assertThat(
            browser
                .evaluate(
                    "Math.min(...[...document.querySelectorAll('button')]"
                        + ".map(button => button.getBoundingClientRect().height))")
                .asDouble())
        .as("the buttons are large enough to touch")
        .isGreaterThanOrEqualTo(40);
  }

  /** Writes the screenshot for the README if {@code traffik.screenshot} names a file. */
  @Test
  void page_canBeCaptured() throws Exception {
    awaitBucket("alice", 10, 0);
    awaitBucket("bob", 10, 0);
    click("alice", "ten");
    awaitBucket("alice", 0, 10_000);
    click("alice", "one");
    click("alice", "message");
    awaitCounts("alice", 10, 2);
    clock.addAndGet(Duration.ofMillis(2_400).toNanos());
    click("bob", "one");
    awaitBucket("bob", 9, 1_000);
    click("bob", "message");
    awaitBucket("bob", 8, 2_000);
    awaitBucket("alice", 2, 7_600);
    byte[] picture = browser.screenshot();
    assertThat(picture).startsWith(0x89, 'P', 'N', 'G');
    String file = System.getProperty("traffik.screenshot", "");
    if (!file.isEmpty()) {
      Files.write(Path.of(file), picture);
    }
  }
}
