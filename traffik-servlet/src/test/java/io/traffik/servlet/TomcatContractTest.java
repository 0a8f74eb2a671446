package io.traffik.servlet;

/** Behind a context path, which the other servers do not have. */
final class TomcatContractTest extends ServletContract {

  TomcatContractTest() {
    super(ServletServer.TOMCAT, "/shop");
  }
}
