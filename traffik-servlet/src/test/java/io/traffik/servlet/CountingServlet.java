package io.traffik.servlet;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/** A servlet that counts its requests of all methods. */
final class CountingServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  interface Handler {
    void handle(HttpServletRequest request, HttpServletResponse response)
        throws IOException, ServletException;
  }

  private final transient Handler handler;
  private final transient AtomicInteger requests = new AtomicInteger();

  CountingServlet(Handler handler) {
    this.handler = handler;
  }

  static CountingServlet responding(String text) {
    return new CountingServlet((request, response) -> response.getOutputStream().print(text));
  }

  int requests() {
    return requests.get();
  }

  /** Maps this servlet to URL patterns; asynchronous servlets may follow in the dispatch. */
  CountingServlet map(ServletContext context, String... patterns) {
    ServletRegistration.Dynamic registration =
        context.addServlet("servlet " + String.join(" ", patterns), this);
    registration.setAsyncSupported(true);
    registration.addMapping(patterns);
    return this;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException, ServletException {
    requests.incrementAndGet();
    handler.handle(request, response);
  }
}
