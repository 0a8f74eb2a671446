package io.traffik;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A view without a connection (rule K6). */
record IdentityView(Identity identity) implements ConnectionView {

  @Override
  public String method() {
    return "GET";
  }

  @Override
  public String path() {
    return "/";
  }

  @Override
  public <T> @Nullable T unwrap(Class<T> type) {
    return type == Identity.class ? type.cast(identity) : null;
  }

  @Override
  public @Nullable String remoteAddress() {
    return null;
  }

  @Override
  public Iterable<String> headers(String name) {
    return List.of();
  }
}
