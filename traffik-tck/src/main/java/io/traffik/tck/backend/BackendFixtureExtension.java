package io.traffik.tck.backend;

import io.traffik.tck.junit.FixtureExtension;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Creates a {@link BackendFixture} for each test of a {@link BackendContract}. */
final class BackendFixtureExtension extends FixtureExtension<BackendFixture> {

  static final String SEED = "traffik.tck.seed";

  BackendFixtureExtension() {
    super(BackendFixture.class);
  }

  @Override
  protected BackendFixture fixture(Object contract, ExtensionContext context) {
    long seed =
        context
            .getConfigurationParameter(SEED)
            .map(Long::parseLong)
            .orElseGet(() -> ThreadLocalRandom.current().nextLong());
    return new BackendFixture((BackendContract) contract, seed);
  }
}
