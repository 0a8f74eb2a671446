package io.traffik.redis.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.ConfigurationException;
import io.traffik.redis.address.RedisAddress.Host;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The parser of URIs, and the removal of secrets: rules L1 and T4. */
final class RedisAddressTest {

  private static RedisAddress parse(String uri) {
    return RedisAddress.parse(uri);
  }

  @Test
  void l1_hostPortAndDatabase() {
    assertThat(parse("redis://localhost").hosts()).containsExactly(new Host("localhost", 6379));
    assertThat(parse("REDIS://10.0.0.1:7000/3").host()).isEqualTo(new Host("10.0.0.1", 7000));
    assertThat(parse("redis://10.0.0.1:7000/3").database()).isEqualTo(3);
    assertThat(parse("redis://my_host/").database()).isZero();
    assertThat(parse("redis://[2001:db8::1]:7000").host()).isEqualTo(new Host("2001:db8::1", 7000));
    assertThat(parse("rediss://localhost").tls()).isTrue();
    assertThat(parse("redis://localhost").tls()).isFalse();
  }

  @Test
  void l1_sentinels() {
    RedisAddress address = parse("redis-sentinel://pw@a,b:1,[::1]:2/4#my-master.1");
    assertThat(address.hosts())
        .containsExactly(new Host("a", 26379), new Host("b", 1), new Host("::1", 2));
    assertThat(address.master()).isEqualTo("my-master.1");
    assertThat(address.database()).isEqualTo(4);
    assertThat(address.tls()).isFalse();
    assertThat(parse("rediss-sentinel://a#m").tls()).isTrue();
  }

  /** The first colon separates them, before they are decoded. */
  @Test
  void l1_userNameAndPassword() {
    assertLogin("redis://user:secret@host", "user", "secret");
    assertLogin("redis://:secret@host", null, "secret");
    assertLogin("redis://secret@host", null, "secret");
    assertLogin("redis://a%3Ab:c%3Ad:e@host", "a:b", "c:d:e");
    assertLogin("redis://u%40x:p%40%2F%23%3F%25%20%C3%A9@host", "u@x", "p@/#?% é");
    assertLogin("redis://a+b:c+d@host", "a+b", "c+d");
    assertLogin("redis://host", null, null);
  }

  private static void assertLogin(String uri, String user, String password) {
    assertThat(parse(uri).user()).isEqualTo(user);
    assertThat(parse(uri).password()).isEqualTo(password);
  }

  @Test
  void l1_invalidUris() {
    for (String uri :
        List.of(
            "",
            "localhost:6379",
            "http://localhost",
            "redis:localhost",
            "redis://",
            "redis://:6379",
            "redis://host:0",
            "redis://host:65536",
            "redis://host:x",
            "redis://a,b",
            "redis://host/x",
            "redis://host/1/2",
            "redis://host#m",
            "redis://host?database=1",
            "redis://ho st",
            "redis://@host",
            "redis://:@host",
            "redis://user:@host",
            "redis://u:%zz@host",
            "redis://u:%F@host",
            "redis://u:%FF@host",
            "redis://u:p@ss@host",
            "redis-sentinel://a/0",
            "redis-sentinel://a#",
            "redis-sentinel://a#my master")) {
      assertThatThrownBy(() -> parse(uri))
          .as(uri)
          .isInstanceOf(ConfigurationException.class)
          .hasNoCause()
          .hasMessageStartingWith("Invalid Redis URI: ");
    }
    assertThatThrownBy(() -> RedisAddress.parseNode("redis://host/1"))
        .isInstanceOf(ConfigurationException.class);
    assertThatThrownBy(() -> RedisAddress.parseNode("redis-sentinel://a#m"))
        .isInstanceOf(ConfigurationException.class);
  }

  /** Whatever a password looks like, the value in the message ends before it. */
  @Test
  void t4_anInvalidUriIsReportedWithoutItsUserInformation() {
    for (String uri :
        List.of(
            "redis://S3cr@et#x@host",
            "redis://user:S3cr/et@host",
            "redis://user:12/3#S3cret@host",
            "redis-sentinel://user:12/3#S3cret@host",
            "redis://user:S3cret?@host:x",
            "redi://user:S3cret@host",
            "S3cr@et://host",
            "user:S3cret@host",
            "redis://user:S3cret",
            "redis://host?password=S3cret",
            "redis://host/S3cret",
            "redis://host#S3cret et")) {
      assertThatThrownBy(() -> parse(uri))
          .as(uri)
          .isInstanceOf(ConfigurationException.class)
          .message()
          .doesNotContain("S3c", "cr@", "ret", "user:S", "et@");
    }
    assertThat(parse("redis://user:S3cret@host")).hasToString("RedisAddress[host:6379]");
  }

  @Test
  void t4_messagesOfServersAndClientsLoseTheUserInformation() {
    Redaction redaction = Redaction.of(List.of(parse("redis://robert:qx%40zz9@host")));
    assertThat(redaction.apply("args beginning with: `AUTH` `robert` `qx@z"))
        .isEqualTo("args beginning with: `AUTH` `***` `***");
    assertThat(redaction.apply("resolve 'host:qx%40'")).isEqualTo("resolve 'host:***'");
    assertThat(redaction.apply("rob a host")).isEqualTo("rob a host");

    IOException clean = new IOException("refused", new IOException("host"));
    assertThat(redaction.apply(clean)).isSameAs(clean);
    IOException cause = new IOException("no such user robert");
    IOException failure = new IOException("failed", cause);
    cause.addSuppressed(new IOException("tried @zz9"));
    Throwable redacted = redaction.apply(failure);
    assertThat(redacted).hasMessage("java.io.IOException: failed");
    assertThat(redacted.getStackTrace()).isEqualTo(failure.getStackTrace());
    assertThat(redacted.getCause()).hasMessage("java.io.IOException: no such user ***");
    assertThat(redacted.getCause().getSuppressed()[0]).hasMessage("java.io.IOException: tried ***");
  }

  @Test
  void t4_aCircularChainOfCausesEnds() {
    Redaction redaction = Redaction.of(List.of(parse("redis://qxzqxz@host")));
    IOException first = new IOException("qxz");
    IOException second = new IOException("second", first);
    first.initCause(second);
    assertThat(redaction.apply(first)).hasMessage("java.io.IOException: ***");
  }
}
