package io.traffik.jmh.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of {@code docs/benchmarks.md}: an introduction, and a section per JDK. A new section
 * replaces that of its JDK and leaves the others as they are.
 */
final class BenchmarkDocument {

  private static final Pattern SECTION =
      Pattern.compile("<!-- JDK (\\d+) -->\n(.*?)<!-- end -->\n", Pattern.DOTALL);

  private static final String INTRODUCTION =
      """
      # Benchmarks

      Written by `./bench`, not by hand. `./bench` measures on the JDK of `JAVA_HOME`, in under twenty minutes,
      and replaces that JDK's section here; `./bench --quick` tries everything out and writes nothing here.

      All contenders decide hits of the same clients under the same limit, side by side in one run:

      | | what it is |
      |---|---|
      | `traffik` | Traffik's store in memory, asked as a throttle asks it, by client and route |
      | `openAddressingBaseline` | the floor while threads do not meet: open addressing over one array, an unkeyed hash, one compare-and-set; no growth, no eviction, no safety. On one hot key it is none, since it reads the clock between state and compare-and-set, and `traffik` before |
      | `keyedOpenAddressingBaseline` | the same with a keyed hash (SipHash-1-3-128) of every character, eight to a word as `traffik` does: what safety against chosen keys costs |
      | `concurrentHashMapBaseline` | what one would write by hand: `ConcurrentHashMap<String, AtomicLong>`, the key joined per call, the same arithmetic; never forgets |
      | `bucket4jConcurrentHashMap` | Bucket4j's local buckets in a map that only grows |
      | `bucket4jCaffeine` | the same in a Caffeine cache, `expireAfterAccess=3600s` and `maximumSize` as Traffik's `maxKeys`: 1 000 000, or a quarter more than there are keys, or the bound of a flood |
      | `bucket4jCaffeineProxy` | Bucket4j's own integration with Caffeine |
      | `guava`, `failsafe` | a `RateLimiter` per client in a map that only grows |
      | `resilience4j` | a `RateLimiter` per client from a registry, which only grows |

      And over Redis:

      | | what it is |
      |---|---|
      | `traffikLettuce`, `traffikJedis` | Traffik's buckets in Redis, one script per decision |
      | `pingLettuce`, `pingJedis` | the floor of a round trip: `PING` and its answer |
      | `scriptLettuce`, `scriptJedis` | the floor of a decision by the server's clock in one round trip: an `EVALSHA` of `TIME`, `GET` and `SET` with an expiry that decides nothing |
      | `bucket4jLettuce`, `bucket4jJedis` | Bucket4j's own integrations, by compare-and-swap |
      | `redisson` | Redisson's `RRateLimiter` |

      Versions: {versions}.

      - Clients are IPv4 and IPv6 addresses and API keys, drawn beforehand by log-uniform popularity. Each draw is a
        string of its own, as from a request, but keeps its `hashCode` after the first use. That flatters all but
        `traffik`, `keyedOpenAddressingBaseline` and `concurrentHashMapBaseline`, which read its characters every time:
        for a thousand clients or one, which caches hold, that makes some of them quicker than Traffik.
      - What has no figure (–) was not measured, for want of time: denied hits of many clients are Traffik's
        alone, those of ten million clients (where there are 14 GiB to spare) three contenders'. Any of it by hand:
        `./mvnw -pl traffik-jmh -am package -DskipTests`, then a command of those at the end of a section, with
        other parameters (`-p limiter=guava -p answer=denied`, say).
      - A fork fails if a single hit gets another answer than it measures.
      - Bytes per decision are those of JMH's `gc` profiler; heap is what is in use after a full collection.
      - Why some targets are missed, and what was tried: [decision 9](decisions/0009-missed-targets.md).

      """;

  private final Map<Integer, String> sections = new TreeMap<>();

  /** The document as it stands; an empty text has no sections. */
  static BenchmarkDocument of(String text) {
    BenchmarkDocument document = new BenchmarkDocument();
    Matcher matcher = SECTION.matcher(text);
    while (matcher.find()) {
      document.sections.put(Integer.valueOf(matcher.group(1)), matcher.group(2));
    }
    return document;
  }

  void put(int jdk, String section) {
    sections.put(jdk, section);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(INTRODUCTION.replace("{versions}", versions()));
    sections.forEach(
        (jdk, section) ->
            text.append("<!-- JDK ")
                .append(jdk)
                .append(" -->\n")
                .append(section)
                .append("<!-- end -->\n\n"));
    return text.toString().stripTrailing() + "\n";
  }

  private static String versions() {
    Properties names = new Properties();
    try (InputStream file = BenchmarkDocument.class.getResourceAsStream("/contenders.properties")) {
      if (file == null) {
        throw new IllegalStateException("contenders.properties must be on the class path");
      }
      names.load(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return String.join(", ", new TreeMap<>(names).values().stream().map(String::valueOf).toList());
  }
}
