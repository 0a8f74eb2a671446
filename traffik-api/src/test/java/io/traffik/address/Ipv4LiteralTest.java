package io.traffik.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Compares the automaton with an equivalent regular expression. */
class Ipv4LiteralTest {

  private static final String PART = "(0|[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5])";
  private static final Pattern ADDRESS = Pattern.compile(PART + "(\\." + PART + "){3}");

  private static void assertAgrees(String text) {
    boolean expected = ADDRESS.matcher(text).matches();
    assertThat(Ipv4Literal.matches(text, 0, text.length())).as(text).isEqualTo(expected);
    String framed = "1" + text + "5";
    assertThat(Ipv4Literal.matches(framed, 1, framed.length() - 1)).as(text).isEqualTo(expected);
  }

  @Test
  void i3_aPartIsANumberUpTo255WithoutLeadingZeros() {
    for (String format : new String[] {"%d", "%02d", "%03d", "%04d"}) {
      for (int i = 0; i <= 2_560; i++) {
        String part = String.format(format, i);
        assertAgrees(part + ".0.25.255");
        assertAgrees("1." + part + ".20.3");
        assertAgrees("19.25." + part + ".0");
        assertAgrees("200.249.99." + part);
      }
    }
  }

  @Test
  void i3_thereAreFourParts() {
    for (String text :
        new String[] {
          "",
          ".",
          "1",
          "1.2",
          "1.2.3",
          "1.2.3.4",
          "1.2.3.4.5",
          "1.2.3.",
          ".1.2.3",
          "1..2.3",
          "...",
          "1.2.3.4.",
          ".1.2.3.4",
          "1234",
          "255.255.255.255",
          "255.255.255.2555"
        }) {
      assertAgrees(text);
    }
  }

  @Test
  void i3_otherCharactersAreRejected() {
    for (char c = 0; c < 0x300; c++) {
      assertAgrees("1.2.3" + c + "4");
      assertAgrees("1.2.3.4" + c);
    }
    assertAgrees("1.2.3.\u0664");
    assertAgrees("1.2.3\uff0e4");
  }

  @Provide
  Arbitrary<String> nearAddresses() {
    return Arbitraries.strings().withChars("0123456789.").ofMaxLength(17);
  }

  @Property(tries = 5_000)
  void i3_nearAddressesAreRecognisedCorrectly(@ForAll("nearAddresses") String text) {
    assertAgrees(text);
  }

  @Property(tries = 2_000)
  void i3_allAddressesAreAccepted(@ForAll int bits) {
    assertAgrees(
        (bits >>> 24) + "." + (bits >>> 16 & 255) + "." + (bits >>> 8 & 255) + "." + (bits & 255));
  }
}
