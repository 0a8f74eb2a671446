package io.traffik.tck.http;

import io.traffik.tck.junit.FixtureExtension;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Creates an {@link HttpFixture} for each test of an {@link AdapterContract}. */
final class HttpFixtureExtension extends FixtureExtension<HttpFixture> {

  HttpFixtureExtension() {
    super(HttpFixture.class);
  }

  @Override
  protected HttpFixture fixture(Object contract, ExtensionContext context) {
    return new HttpFixture((AdapterContract) contract);
  }
}
