package io.traffik.tck.server;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Valid texts, and copies of them with a few random changes. */
record MutatedTexts(String alphabet, List<String> originals) {

  private static final int COUNT = 20_000;

  Stream<String> texts() {
    Random random = new Random(2_026);
    return Stream.concat(
        originals.stream(),
        Stream.generate(() -> mutated(random, originals.get(random.nextInt(originals.size()))))
            .limit(COUNT));
  }

  private String mutated(Random random, String original) {
    StringBuilder text = new StringBuilder(original);
    for (int change = random.nextInt(3); change >= 0; change--) {
      int at = random.nextInt(text.length() + 1);
      if (at < text.length() && random.nextBoolean()) {
        text.deleteCharAt(at);
      } else {
        text.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
      }
    }
    return text.toString();
  }
}
