package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IdentityTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1",
    "::ffff:192.0.2.1, 192.0.2.1",
    "::FFFF:c000:0201, 192.0.2.1",
    "[::1], ::/64",
    "2001:DB8:1:2:3:4:5:6, 2001:db8:1:2::/64",
    "2001:db8:0:0:1::, 2001:db8::/64",
    "fe80::1%eth0, fe80::/64",
    "[0:0:0:0:0:0:0:1], ::/64"
  })
  void i1_i3_theRemoteAddressInCanonicalForm(String remoteAddress, String canonical) {
    assertIdentity(remoteAddress, canonical);
  }

  @ParameterizedTest
  @CsvSource({
    "1.2.3.4:5678, 1.2.3.4",
    "1.2.3.4:0, 1.2.3.4",
    "1.2.3.4:65535, 1.2.3.4",
    "[1.2.3.4]:80, 1.2.3.4",
    "[::1]:80, ::/64",
    "[2001:db8::1%eth0]:443, 2001:db8::/64",
    "[fe80::1%25eth0]:443, fe80::/64",
    "[::ffff:1.2.3.4]:443, 1.2.3.4",
    "[64:ff9b::102:304]:443, 1.2.3.4",
    "::1:80, ::/64"
  })
  void i3_thePortIsDroppedWhereItCannotBeAPartOfTheAddress(String remoteAddress, String canonical) {
    assertIdentity(remoteAddress, canonical);
  }

  @ParameterizedTest
  @CsvSource({
    "64:ff9b::192.0.2.33, 192.0.2.33",
    "64:FF9B:0:0:0:0:c000:221, 192.0.2.33",
    "64:ff9b::255.255.255.255%eth0, 255.255.255.255",
    "::ffff:192.0.2.33, 192.0.2.33",
    "2002:c000:221::, 192.0.2.33",
    "2002:c000:0221:1:2:3:4:5, 192.0.2.33",
    // Neighbours of these networks embed no client.
    "64:ff9b:1::192.0.2.33, 64:ff9b:1::/64",
    "64:ff9b::1:192.0.2.33, 64:ff9b::/64",
    "64:ff9a::192.0.2.33, 64:ff9a::/64",
    "::fffe:192.0.2.33, ::/64",
    "::1:ffff:192.0.2.33, ::/64",
    "::192.0.2.33, ::/64",
    "2003:c000:221::, 2003:c000:221::/64"
  })
  void i3_ipv6ThatEmbedsAnIpv4ClientCountsAsThatClient(String remoteAddress, String canonical) {
    assertIdentity(remoteAddress, canonical);
    if (canonical.indexOf(':') < 0) {
      assertThat(Identifier.remoteAddress(128).identify(TestView.GET.remoteAddress(remoteAddress)))
          .isEqualTo(Identity.of(canonical));
    }
  }

  private static void assertIdentity(String remoteAddress, String canonical) {
    assertThat(Identifier.remoteAddress().identify(TestView.GET.remoteAddress(remoteAddress)))
        .isEqualTo(Identity.of(canonical));
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Forwarded-For", "Forwarded", "X-Real-IP", "CF-Connecting-IP"})
  void i1_headersAreIgnored(String header) {
    ConnectionView view =
        new ConnectionView() {
          @Override
          public String method() {
            return "GET";
          }

          @Override
          public String path() {
            return "/";
          }

          @Override
          public String remoteAddress() {
            return "192.0.2.1";
          }

          @Override
          public Iterable<String> headers(String name) {
            return name.equalsIgnoreCase(header) ? List.of("198.51.100.7") : List.of();
          }
        };
    assertThat(Identifier.remoteAddress().identify(view)).isEqualTo(Identity.of("192.0.2.1"));
  }

  @Test
  void i3_zonesAreIgnored() {
    Identifier whole = Identifier.remoteAddress(128);
    assertThat(whole.identify(TestView.GET.remoteAddress("fe80::1%eth0")))
        .isEqualTo(whole.identify(TestView.GET.remoteAddress("fe80::1%2")))
        .isEqualTo(Identity.of("fe80::1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "example.org",
        "1.2.3",
        "1.2.3.4.5",
        "01.2.3.4",
        "256.1.1.1",
        "1.2.3.4%eth0",
        "1.2.3.4%eth0:",
        "fe80::1%eth0%1",
        "::1::",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "12345::",
        "g::",
        ":1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:",
        "::1.2.3.256",
        "1.2.3.4::",
        "[::1",
        "::%",
        "1.2.3.4 ",
        "１.2.3.4",
        "1.2.3.4:",
        "1.2.3.4:65536",
        "1.2.3.4:99999999999",
        "1.2.3.4:-1",
        "1.2.3.4:８",
        "1.2.3.4:80:80",
        "1.2.3.4]:80",
        "[::1]:",
        "[::1]:http",
        "[::1]:80:80",
        "[::1]80",
        ":80",
        "localhost:80",
        "[]:80"
      })
  void i3_otherTextsHaveNoIdentityAndAreNeverResolved(String remoteAddress) {
    assertThat(Identifier.remoteAddress().identify(TestView.GET.remoteAddress(remoteAddress)))
        .isNull();
  }

  @Property
  void i3_agreesWithTheJdkOnAnyIpv6Address(@ForAll @Size(16) byte[] address) throws Exception {
    InetAddress inet = InetAddress.getByAddress(address);
    Identity identity =
        Identifier.remoteAddress(128).identify(TestView.GET.remoteAddress(inet.getHostAddress()));
    assertThat(identity).isNotNull();
    assertThat(identity)
        .isEqualTo(
            Identifier.remoteAddress(128).identify(TestView.GET.remoteAddress(identity.value())));
    if (address[0] == 0x20 && address[1] == 0x02) {
      return; // 6to4 addresses count as IPv4.
    }
    InetAddress back = InetAddress.getByName(identity.value());
    assertThat(back).isEqualTo(inet);
    assertThat(inet instanceof Inet6Address).isEqualTo(identity.value().contains(":"));
  }

  @Property
  void i3_aSubscriberNetworkIsOneClient(@ForAll @Size(16) byte[] one, @ForAll @Size(8) byte[] host)
      throws Exception {
    byte[] other = one.clone();
    System.arraycopy(host, 0, other, 8, 8);
    other[0] = one[0] = 0x2a;
    assertThat(identity(one)).isEqualTo(identity(other));
    other[7] ^= 1;
    assertThat(identity(one)).isNotEqualTo(identity(other));
  }

  private static Identity identity(byte[] address) throws Exception {
    String literal = InetAddress.getByAddress(address).getHostAddress();
    return Identifier.remoteAddress().identify(TestView.GET.remoteAddress(literal));
  }

  @Property
  void i3_noTextCausesAnException(@ForAll String remoteAddress) {
    Identity identity =
        Identifier.remoteAddress().identify(TestView.GET.remoteAddress(remoteAddress));
    assertThat(identity == null || !identity.value().isBlank()).isTrue();
  }

  @Test
  void i3_prefixLengthIsChecked() {
    for (int length : new int[] {0, 129}) {
      assertThatExceptionOfType(ConfigurationException.class)
          .isThrownBy(() -> Identifier.remoteAddress(length))
          .withMessage("IPv6 prefix length must be from 1 to 128: " + length);
    }
  }

  @Test
  void i5_noTextEqualsExempt() {
    assertThat(Identity.of("EXEMPT")).isNotEqualTo(Identity.EXEMPT);
    assertThat(Identity.of("a")).isEqualTo(Identity.of("a")).hasSameHashCodeAs(Identity.of("a"));
  }

  @Test
  void t4_aBlankIdentityIsRejected() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Identity.of(" "))
        .withMessageStartingWith("identity must not be blank: \" \"");
  }

  @Test
  void i6_theFallbackIsCalledIfTheFirstReturnsNull() {
    Identifier none = view -> null;
    Identifier bob = view -> Identity.of("bob");
    assertThat(none.or(bob).identify(TestView.GET)).isEqualTo(Identity.of("bob"));
    assertThat(bob.or(Identifier.remoteAddress()).identify(TestView.GET))
        .isEqualTo(Identity.of("bob"));
  }
}
