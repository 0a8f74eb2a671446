package io.traffik.servlet;

import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.buf.EncodedSolidusHandling;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.eclipse.jetty.ee11.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The servlet containers that run the tests, each on a free port of the loopback interface. */
enum ServletServer {
  JETTY {
    @Override
    TestApplication start(String contextPath, boolean lenient, Setup setup) throws Exception {
      Server server = new Server(new QueuedThreadPool(24, 2));
      HttpConfiguration http = new HttpConfiguration();
      http.setUriCompliance(lenient ? UriCompliance.LEGACY : UriCompliance.DEFAULT);
      ServerConnector connector =
          new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
      connector.setHost("127.0.0.1");
      server.addConnector(connector);
      ServletContextHandler context =
          new ServletContextHandler(contextPath.isEmpty() ? "/" : contextPath);
      context.addServletContainerInitializer(initializer(setup));
      ErrorPageErrorHandler errors = new ErrorPageErrorHandler();
      errors.addErrorPage(500, ERROR_PAGE);
      errors.addErrorPage(418, ERROR_PAGE);
      context.setErrorHandler(errors);
      server.setHandler(context);
      try {
        server.start();
      } catch (Exception e) {
        server.stop();
        throw e;
      }
      return new TestApplication(connector.getLocalPort(), contextPath, server::stop);
    }
  },

  TOMCAT {
    @Override
    TestApplication start(String contextPath, boolean lenient, Setup setup) throws Exception {
      Tomcat tomcat = new Tomcat();
      tomcat.setBaseDir("target/tomcat");
      tomcat.setPort(0);
      if (lenient) {
        String passThrough = EncodedSolidusHandling.PASS_THROUGH.getValue();
        tomcat.getConnector().setEncodedSolidusHandling(passThrough);
        tomcat.getConnector().setEncodedReverseSolidusHandling(passThrough);
      }
      tomcat
          .getConnector()
          .setProperty("address", InetAddress.getLoopbackAddress().getHostAddress());
      tomcat.getConnector().setProperty("minSpareThreads", "2");
      Context context = tomcat.addContext(contextPath, null);
      Setup webapp =
          application -> {
            setup.accept(application);
            // Tomcat adds this servlet to deployed applications, but not to embedded ones.
            application.addServlet("default", new DefaultServlet()).addMapping("/");
          };
      context.addServletContainerInitializer(initializer(webapp), null);
      for (int status : new int[] {500, 418}) {
        ErrorPage page = new ErrorPage();
        page.setErrorCode(status);
        page.setLocation(ERROR_PAGE);
        context.addErrorPage(page);
      }
      startOrThrow(tomcat, context);
      return new TestApplication(
          tomcat.getConnector().getLocalPort(),
          contextPath,
          () -> {
            tomcat.stop();
            tomcat.destroy();
          });
    }
  };

  static final String ERROR_PAGE = "/error";

  /** Configures an application with the Servlet API only, so that a test runs on all servers. */
  interface Setup {
    void accept(ServletContext context) throws Exception;
  }

  /**
   * Starts an application.
   *
   * @param lenient whether the server accepts encoded slashes, which it rejects by default
   */
  abstract TestApplication start(String contextPath, boolean lenient, Setup setup) throws Exception;

  TestApplication start(String contextPath, Setup setup) throws Exception {
    return start(contextPath, false, setup);
  }

  TestApplication start(Setup setup) throws Exception {
    return start("", setup);
  }

  private static ServletContainerInitializer initializer(Setup setup) {
    return (classes, context) -> {
      try {
        setup.accept(context);
      } catch (ServletException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new ServletException(e);
      }
    };
  }

  /** Starts Tomcat and throws if the application failed, which Tomcat itself only logs. */
  private static void startOrThrow(Tomcat tomcat, Context context) throws Exception {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Handler logHandler =
        new Handler() {
          @Override
          public void publish(LogRecord message) {
            failure.compareAndSet(null, message.getThrown());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    TOMCAT_LOG.addHandler(logHandler);
    try {
      tomcat.start();
    } finally {
      TOMCAT_LOG.removeHandler(logHandler);
    }
    if (!context.getState().isAvailable()) {
      tomcat.stop();
      tomcat.destroy();
      throw new IllegalStateException("The application did not start", failure.get());
    }
  }

  private static final Logger TOMCAT_LOG = warningsOnly(Logger.getLogger("org.apache"));

  private static Logger warningsOnly(Logger logger) {
    logger.setUseParentHandlers(false);
    logger.setLevel(Level.WARNING);
    return logger;
  }
}
