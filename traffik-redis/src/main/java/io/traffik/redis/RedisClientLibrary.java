package io.traffik.redis;

import io.traffik.ConfigurationException;
import java.util.List;
import java.util.function.Supplier;

/** A Redis client that users add to their application, and how to add it. */
enum RedisClientLibrary {
  LETTUCE(
      "io.lettuce:lettuce-core",
      "requires lettuce.core; requires io.netty.resolver.dns;",
      List.of("io.lettuce.core.RedisClient", "io.netty.channel.Channel")),
  JEDIS(
      "redis.clients:jedis",
      "requires redis.clients.jedis; requires org.apache.commons.pool2; requires org.slf4j;",
      List.of(
          "redis.clients.jedis.UnifiedJedis",
          "org.apache.commons.pool2.impl.GenericObjectPoolConfig",
          "org.slf4j.Logger"));

  private final String artifact;
  private final String moduleLines;

  @SuppressWarnings("ImmutableEnumChecker") // an immutable list
  private final List<String> classes;

  RedisClientLibrary(String artifact, String moduleLines, List<String> classes) {
    this.artifact = artifact;
    this.moduleLines = moduleLines;
    this.classes = classes;
  }

  /**
   * Checks that the client and its dependencies are present.
   *
   * @throws ConfigurationException if a class is missing; its message says what to add
   */
  void require(String namespace) {
    for (String name : classes) {
      try {
        Class.forName(name, false, RedisClientLibrary.class.getClassLoader());
      } catch (ClassNotFoundException | LinkageError e) {
        throw missing(namespace, name, e);
      }
    }
  }

  /** Calls code that loads other classes of the client. */
  <T> T load(String namespace, Supplier<T> code) {
    try {
      return code.get();
    } catch (NoClassDefFoundError e) {
      throw missing(namespace, String.valueOf(e.getMessage()).replace('/', '.'), e);
    }
  }

  private ConfigurationException missing(String namespace, String name, Throwable cause) {
    return new ConfigurationException(
        "Backend \""
            + namespace
            + "\": class "
            + name
            + " is missing. Add "
            + artifact
            + " with its dependencies to the class path. On the module path, add them to the module"
            + " path, and add this to module-info.java: "
            + moduleLines,
        cause);
  }
}
