package io.traffik.http;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.spi.BackendCall;
import io.traffik.spi.ForwardingBackend;
import java.util.concurrent.CompletionStage;

/** A backend that makes refunds and then fails. */
final class LostRefundBackend extends ForwardingBackend {

  LostRefundBackend(Backend delegate) {
    super(delegate);
  }

  @Override
  public long[] decide(BackendCall call) {
    long[] margins = delegate().decide(call);
    if (call.operation() == Operation.REFUND) {
      throw new BackendException("the answer came too late");
    }
    return margins;
  }

  @Override
  public CompletionStage<long[]> decideAsync(BackendCall call) {
    throw new UnsupportedOperationException("not needed");
  }
}
