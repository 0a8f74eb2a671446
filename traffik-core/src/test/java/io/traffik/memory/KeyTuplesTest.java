package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.Scope;
import io.traffik.Throttle;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Different keys never share a bucket; equal keys always do. */
class KeyTuplesTest {

  /** Longer uids of special characters do not fit into header fields. */
  private static final int MAX_UID_LENGTH = 17;

  private static final Rate ONE = Rate.of(1, Policies.YEAR);

  /** The key of a bucket within one backend. */
  private record Tuple(String uid, String identity, String scope) {

    boolean hit(InMemoryBackend backend) {
      // A new policy each time: equal names suffice to share a bucket.
      QuotaPolicy policy = Policies.of(uid, ONE);
      return backend.decideSingle(Operation.HIT, policy, identity, scope, 1, 0) >= 0;
    }
  }

  @Provide
  Arbitrary<Tuple> tuples() {
    Arbitrary<String> texts = AdversarialText.any();
    Arbitrary<String> uids = texts.filter(uid -> !uid.isBlank());
    return Combinators.combine(uids, texts, texts).as(Tuple::new);
  }

  /** The cached routes change with each round, and with them the path on which a key is hashed. */
  @Example
  void k1_aKeyIsTheSameWhetherItsRouteIsPreparedOrNot() {
    InMemoryBackend backend = InMemoryBackend.create("test");
    for (int round = 0; round < 10; round++) {
      for (int route = 0; route < 600; route++) {
        for (int length = 0; length <= 17; length++) {
          for (String letter : List.of("\u00e9", "\u20ac")) {
            Tuple tuple = new Tuple("u", letter.repeat(length), "GET /" + route);
            boolean isNew = round == 0 && (length > 0 || letter.equals("\u00e9"));
            assertThat(tuple.hit(backend)).isEqualTo(isNew);
          }
        }
      }
    }
  }

  @Property
  void k1_differentTuplesNeverMeet(@ForAll("tuples") Tuple one, @ForAll("tuples") Tuple other) {
    assertMeetOnlyIfEqual(one, other);
  }

  /** The same characters in the same order, divided into parts in two ways. */
  @Property
  void k1_tuplesThatReadAlikeWhenJoinedNeverMeet(
      @ForAll("tuples") Tuple joined, @ForAll int a, @ForAll int b, @ForAll int c, @ForAll int d) {
    String text = "u" + joined.uid() + joined.identity() + joined.scope();
    assertMeetOnlyIfEqual(cut(text, a, b), cut(text, c, d));
  }

  /** One character differs, in any of its sixteen bits. */
  @Property
  void k1_allBitsOfEachCharacterCount(
      @ForAll("tuples") Tuple tuple, @ForAll int place, @ForAll("bits") int bit) {
    String text = tuple.identity() + 'x';
    int at = Math.floorMod(place, text.length());
    char flipped = (char) (text.charAt(at) ^ (1 << bit));
    String changed = text.substring(0, at) + flipped + text.substring(at + 1);
    assertMeetOnlyIfEqual(
        new Tuple(tuple.uid(), text, tuple.scope()),
        new Tuple(tuple.uid(), changed, tuple.scope()));
    assertMeetOnlyIfEqual(new Tuple(tuple.uid(), "", text), new Tuple(tuple.uid(), "", changed));
  }

  @Provide
  Arbitrary<Integer> bits() {
    return Arbitraries.integers().between(0, Character.SIZE - 1);
  }

  @Example
  void k1_separatorsAndMissingCharactersMakeNoDifferenceVanish() {
    assertMeetOnlyIfEqual(new Tuple("a:b", "c", ""), new Tuple("a", "b:c", ""));
    assertMeetOnlyIfEqual(new Tuple("a", "b", ""), new Tuple("a", "", "b"));
    assertMeetOnlyIfEqual(new Tuple("a", "", ""), new Tuple("a", "\0", ""));
    assertMeetOnlyIfEqual(new Tuple("a", "\0", ""), new Tuple("a", "\0\0", ""));
    assertMeetOnlyIfEqual(new Tuple("a", "abcd", ""), new Tuple("a", "abcd\0", ""));
    assertMeetOnlyIfEqual(new Tuple("a", "\ud83d", ""), new Tuple("a", "\ude00", ""));
    assertMeetOnlyIfEqual(new Tuple("a", "null", ""), new Tuple("a", "", "null"));
  }

  @Example
  void k1_theRatesOfAThrottleHaveBucketsOfTheirOwn() {
    InMemoryBackend backend = InMemoryBackend.create("test");
    Rate two = Rate.of(2, Policies.YEAR);
    QuotaPolicy policy = Policies.of("api", ONE, two, ONE);
    assertThat(backend.decide(new BackendCall(Operation.HIT, policy, "client", "", 1)))
        .containsExactly(0, two.nanosPerToken(), 0);
    assertThat(backend.decide(new BackendCall(Operation.REFUND, policy, "client", "", 1)))
        .doesNotContain(0);
    assertThat(backend.size()).isEqualTo(1);
  }

  @Example
  void k2_k3_onlyTheScopePathHasABucketPerPath() {
    InMemoryBackend backend = InMemoryBackend.create("test");
    Throttle byDefault = Throttle.builder("route").rate(ONE).backend(backend).build();
    assertThat(byDefault.hit(new ClientRequest("192.0.2.1", "/a")).allowed()).isTrue();
    assertThat(byDefault.hit(new ClientRequest("192.0.2.1", "/b")).allowed()).isFalse();
    Throttle perPath =
        Throttle.builder("path").rate(ONE).scope(Scope.PATH).backend(backend).build();
    assertThat(perPath.hit(new ClientRequest("192.0.2.1", "/a")).allowed()).isTrue();
    assertThat(perPath.hit(new ClientRequest("192.0.2.1", "/b")).allowed()).isTrue();
    assertThat(perPath.hit(new ClientRequest("192.0.2.1", "/b")).allowed()).isFalse();
    Throttle overall =
        Throttle.builder("all").rate(ONE).scope(Scope.ALL_ROUTES).backend(backend).build();
    assertThat(overall.hit(new ClientRequest("192.0.2.1", "/a")).allowed()).isTrue();
    assertThat(overall.hit(new ClientRequest("192.0.2.1", "/b")).allowed()).isFalse();
  }

  @Example
  void k4_throttlesOfOneNameShareBucketsAndBackendsNeverDo() {
    InMemoryBackend backend = InMemoryBackend.create("app");
    Tuple tuple = new Tuple("api", "client", "GET /");
    assertThat(tuple.hit(backend)).isTrue();
    assertThat(tuple.hit(backend)).isFalse();
    assertThat(tuple.hit(InMemoryBackend.create("appX"))).isTrue();
    assertThat(tuple.hit(InMemoryBackend.create("app"))).isTrue();
  }

  private static Tuple cut(String text, int a, int b) {
    int first = 1 + Math.floorMod(a, Math.min(text.length(), MAX_UID_LENGTH));
    int second = first + Math.floorMod(b, text.length() - first + 1);
    return new Tuple(
        text.substring(0, first), text.substring(first, second), text.substring(second));
  }

  private static void assertMeetOnlyIfEqual(Tuple one, Tuple other) {
    InMemoryBackend backend = InMemoryBackend.builder("test").maxKeys(8).build();
    assertThat(one.hit(backend)).isTrue();
    assertThat(other.hit(backend)).as("%s after %s", other, one).isEqualTo(!one.equals(other));
  }
}
