package io.traffik.servlet;

final class JettyContractTest extends ServletContract {

  JettyContractTest() {
    super(ServletServer.JETTY, "");
  }
}
