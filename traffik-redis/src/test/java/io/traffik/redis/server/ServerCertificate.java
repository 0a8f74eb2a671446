package io.traffik.redis.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/**
 * A self-signed certificate for localhost, created by the JDK's keytool.
 *
 * @param trustStore the file of a trust store that has the certificate
 */
public record ServerCertificate(Path directory, Path trustStore) {

  /** The password of the trust store. */
  public static final String PASSWORD = "changeit";

  private static final String KEY = "key.pem";
  private static final String CERTIFICATE = "certificate.pem";

  /** Creates a certificate. */
  public static ServerCertificate create() {
    try {
      Path directory = TemporaryFiles.directory();
      Path store = directory.resolve("store.p12");
      Process keytool =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                  "-genkeypair",
                  "-keyalg",
                  "EC",
                  "-dname",
                  "CN=localhost",
                  "-ext",
                  "san=dns:localhost,ip:127.0.0.1",
                  "-storetype",
                  "PKCS12",
                  "-storepass",
                  PASSWORD,
                  "-keystore",
                  store.toString())
              .redirectErrorStream(true)
              .start();
      String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (keytool.waitFor() != 0) {
        throw new IllegalStateException("keytool failed: " + output);
      }
      return of(directory, store);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static ServerCertificate of(Path directory, Path store)
      throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    String alias = keys.aliases().nextElement();
    var certificate = keys.getCertificate(alias);
    write(
        directory.resolve(KEY),
        "PRIVATE KEY",
        keys.getKey(alias, PASSWORD.toCharArray()).getEncoded());
    write(directory.resolve(CERTIFICATE), "CERTIFICATE", certificate.getEncoded());
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(alias, certificate);
    Path trustStore = directory.resolve("trust.p12");
    try (var out = Files.newOutputStream(trustStore)) {
      trusted.store(out, PASSWORD.toCharArray());
    }
    return new ServerCertificate(directory, trustStore);
  }

  private static void write(Path file, String type, byte[] content) throws IOException {
    Files.writeString(
        file,
        "-----BEGIN "
            + type
            + "-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
            + "\n-----END "
            + type
            + "-----\n");
  }

  /** The lines of a server's configuration file that make it accept TLS at a second port. */
  public String[] settings(int port) {
    return new String[] {
      "tls-port " + port,
      "tls-cert-file " + directory.resolve(CERTIFICATE),
      "tls-key-file " + directory.resolve(KEY),
      "tls-ca-cert-file " + directory.resolve(CERTIFICATE),
      "tls-auth-clients no"
    };
  }
}
