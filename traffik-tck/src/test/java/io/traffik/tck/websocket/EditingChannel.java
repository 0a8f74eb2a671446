package io.traffik.tck.websocket;

import java.util.function.UnaryOperator;
import org.java_websocket.WebSocketImpl;

/** A channel that changes the texts of the adapter. */
final class EditingChannel extends ReferenceSocketAdapter.Channel {

  private final UnaryOperator<String> edit;

  EditingChannel(WebSocketImpl connection, UnaryOperator<String> edit) {
    super(connection);
    this.edit = edit;
  }

  @Override
  public void send(String text) {
    super.send(edit.apply(text));
  }
}
