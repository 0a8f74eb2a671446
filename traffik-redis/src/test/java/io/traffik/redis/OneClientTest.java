package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each client works without the other on the class path, and a missing client is named. */
@Isolated
final class OneClientTest {

  private static final String[] LETTUCE = {"lettuce", "netty", "reactor"};
  private static final String[] JEDIS = {"jedis", "commons-pool", "gson"};

  @ParameterizedTest
  @CsvSource({"lettuce, jedis|commons-pool|gson", "jedis, lettuce|netty|reactor"})
  void s1_oneClientWorksWithoutTheOther(String client, String excluded) throws Exception {
    String output =
        OtherJvm.run(
            "java",
            "-cp",
            OtherJvm.classPathWithout(excluded.split("\\|", -1)),
            OneClientMain.class.getName(),
            client,
            RedisContract.standaloneUri());
    assertThat(output).contains(client + " decides");
  }

  @Test
  void l1_aMissingClientIsNamed() throws Exception {
    assertThat(open(LETTUCE, "lettuce"))
        .startsWith("ConfigurationException: ")
        .contains("class io.lettuce.core.RedisClient is missing. Add io.lettuce:lettuce-core");
    assertThat(open(JEDIS, "jedis"))
        .startsWith("ConfigurationException: ")
        .contains("class redis.clients.jedis.UnifiedJedis is missing. Add redis.clients:jedis");
  }

  @Test
  void l1_aMissingDependencyOfAClientIsNamed() throws Exception {
    assertThat(open(new String[] {"netty"}, "lettuce"))
        .startsWith("ConfigurationException: ")
        .contains("class io.netty.channel.Channel is missing. Add io.lettuce:lettuce-core with");
    assertThat(open(new String[] {"reactor-core"}, "lettuce"))
        .startsWith("ConfigurationException: ")
        .contains("class reactor.", "is missing. Add io.lettuce:lettuce-core with");
    assertThat(open(new String[] {"commons-pool"}, "jedis"))
        .startsWith("ConfigurationException: ")
        .contains("class org.apache.commons.pool2.", "is missing. Add redis.clients:jedis with");
  }

  private static String open(String[] excluded, String client) throws Exception {
    return OtherJvm.run(
        "java",
        "-cp",
        OtherJvm.classPathWithout(excluded),
        OpenMain.class.getName(),
        client,
        RedisContract.standaloneUri());
  }
}
