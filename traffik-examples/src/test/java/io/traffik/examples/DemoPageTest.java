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

/** The page of the demo in a real browser, on a clock that the test moves. */
@Tag("once")
final class DemoPageTest {

  private static final Pattern LEFT = Pattern.compile("RateLimit: \"hello\";r=(\\d+);t=(\\d+)");

  private final AtomicLong clock = new AtomicLong();
  private Javalin server;
  private Browser browser;

  @BeforeEach
  void start() throws Exception {
    Optional<Path> chromium = Browser.installed();
    if (chromium.isEmpty()) {
      String missing = "no Chromium here (on the PATH, or named by CHROME_BIN): page not tested";
      System.getLogger(DemoPageTest.class.getName()).log(Level.WARNING, missing);
      Assumptions.abort(missing);
    }
    server =
        Demo.server(InMemoryBackend.builder("demo").clock(clock::get).build())
            .start("127.0.0.1", 0);
    browser = new Browser(chromium.get());
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

  /** The server's word on a bucket has come to the page. */
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

  /** What the answers to requests told, the last first. */
  private List<String> told(String client) {
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
  void theBucketEmptiesAndRefillsAsTheAnswersSay() {
    awaitBucket("alice", 10, 0);
    click("alice", "ten");
    awaitCounts("alice", 10, 0);
    awaitBucket("alice", 0, 10_000);
    assertThat(told("alice"))
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
    assertThat(told("alice").get(0)).isEqualTo("2 in 8");
    assertThat(text("alice", "output")).isEqualTo("2");

    clock.addAndGet(Duration.ofSeconds(8).toNanos());
    awaitBucket("alice", 10, 0);
    await().untilAsserted(() -> assertThat(text("alice", ".full")).isEqualTo("full"));
  }

  @Test
  void messagesDrawOnTheSameBucketAndClientsOnTheirOwn() {
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
  void theWaterStandsAsHighAsTheServerSays() {
    awaitBucket("alice", 10, 0);
    click("alice", "ten");
    awaitBucket("alice", 0, 10_000);
    clock.addAndGet(Duration.ofSeconds(4).toNanos());
    awaitBucket("alice", 4, 6_000);
    String height = "parseFloat(document.querySelector('#alice .water').style.height)";
    // Half a second may be drawn beyond the server's last word.
    await().until(() -> browser.evaluate(height).asDouble() >= 40);
    assertThat(browser.evaluate(height).asDouble()).isBetween(40.0, 45.0);
  }

  @Test
  void thePageFitsAPhone() throws Exception {
    browser.size(360, 780);
    awaitBucket("alice", 10, 0);
    assertThat(
            browser
                .evaluate("document.documentElement.scrollWidth <= window.innerWidth")
                .asBoolean())
        .as("nothing is cut off at the side")
        .isTrue();
    assertThat(
            browser
                .evaluate(
                    "Math.min(...[...document.querySelectorAll('button')]"
                        + ".map(button => button.getBoundingClientRect().height))")
                .asDouble())
        .as("a thumb can hit the buttons")
        .isGreaterThanOrEqualTo(40);
  }

  /** Written where it is asked for, for the README. */
  @Test
  void thePageCanBeSeen() throws Exception {
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
