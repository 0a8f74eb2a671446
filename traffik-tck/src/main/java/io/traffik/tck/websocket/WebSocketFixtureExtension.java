package io.traffik.tck.websocket;

import io.traffik.tck.junit.FixtureExtension;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Creates a {@link WebSocketFixture} for each test of a {@link WebSocketContract}. */
final class WebSocketFixtureExtension extends FixtureExtension<WebSocketFixture> {

  WebSocketFixtureExtension() {
    super(WebSocketFixture.class);
  }

  @Override
  protected WebSocketFixture fixture(Object contract, ExtensionContext context) {
    return new WebSocketFixture((WebSocketContract) contract);
  }
}
