package io.traffik.memory;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** Texts that a careless key would confuse; at most 17 characters, so about the word boundaries. */
public final class AdversarialText {

  private AdversarialText() {}

  /** Few different characters, so that equal and nearly equal texts come up often. */
  public static Arbitrary<String> any() {
    return Arbitraries.strings()
        .withChars('a', 'b', ':', '/', '|', '\0', '\1', ' ')
        // Differ from the first two in the high byte alone.
        .withChars('\u0161', '\u0162', '\uff61')
        // Surrogates, alone or paired by chance; and what none of them may turn into.
        .withChars('\ud83d', '\ude00', '\ufffd', '?')
        .ofMinLength(0)
        .ofMaxLength(17);
  }
}
