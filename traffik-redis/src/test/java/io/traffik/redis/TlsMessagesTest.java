package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The messages of {@code open} where only one side uses TLS, or the certificate is wrong. */
@NeedsProcesses
final class TlsMessagesTest {

  private static final String PASSWORD = "changeit";

  @TempDir private static Path directory;

  private static RedisProcess server;
  private static int tlsPort;

  @BeforeAll
  static void startServer() throws Exception {
    Path store = directory.resolve("store.p12");
    OtherJvm.run(
        "keytool",
        "-genkeypair",
        "-alias",
        "redis",
        "-keyalg",
        "RSA",
        "-dname",
        "CN=localhost",
        "-ext",
        "SAN=dns:localhost",
        "-storetype",
        "PKCS12",
        "-keystore",
        store.toString(),
        "-storepass",
        PASSWORD);
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    Path key = directory.resolve("key.pem");
    Path certificate = directory.resolve("certificate.pem");
    pem(key, "PRIVATE KEY", keys.getKey("redis", PASSWORD.toCharArray()).getEncoded());
    pem(certificate, "CERTIFICATE", keys.getCertificate("redis").getEncoded());
    try (ServerSocket free = new ServerSocket(0)) {
      tlsPort = free.getLocalPort();
    }
    server =
        RedisProcess.start(
            "tls-port " + tlsPort,
            "tls-auth-clients no",
            "tls-cert-file " + certificate,
            "tls-ca-cert-file " + certificate,
            "tls-key-file " + key);
  }

  private static void pem(Path file, String type, byte[] content) throws IOException {
    Files.writeString(
        file,
        "-----BEGIN "
            + type
            + "-----\n"
            + Base64.getMimeEncoder().encodeToString(content)
            + "\n-----END "
            + type
            + "-----\n");
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @ParameterizedTest
  @EnumSource
  void l1_theServerUsesTlsAndTheUriDoesNot(ClientUnderTest client) {
    client.requireOutage(
        "redis://localhost:" + tlsPort,
        "the connection was closed before an answer",
        "If the server uses TLS, write rediss://");
  }

  @ParameterizedTest
  @EnumSource
  void l1_theUriUsesTlsAndTheServerDoesNot(ClientUnderTest client) {
    client.requireOutage(
        "rediss://localhost:" + server.port(),
        "no answer",
        "uses TLS if and only if the URI says rediss://");
  }

  @ParameterizedTest
  @EnumSource
  void l1_anUntrustedCertificate(ClientUnderTest client) {
    client.requireFailure(
        "rediss://localhost:" + tlsPort, "certificate is not trusted", "javax.net.ssl.trustStore");
  }

  /** The trust store of a JVM is fixed at its start. */
  @Test
  void l1_theTrustStoreOfTheMessageHelpsAndTheHostMustMatch() throws Exception {
    String[] options = {
      "-Djavax.net.ssl.trustStore=" + directory.resolve("store.p12"),
      "-Djavax.net.ssl.trustStorePassword=" + PASSWORD,
      "-cp",
      System.getProperty("java.class.path"),
      OpenMain.class.getName(),
      "lettuce",
      "rediss://localhost:" + tlsPort,
      "jedis",
      "rediss://localhost:" + tlsPort,
      "lettuce",
      "rediss://127.0.0.1:" + tlsPort
    };
    assertThat(OtherJvm.run("java", options).lines().toList())
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("open"),
            line -> assertThat(line).isEqualTo("open"),
            line -> assertThat(line).contains("the server's certificate is for another host"));
  }
}
