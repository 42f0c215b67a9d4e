package com.sutazai.platform.json;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.quarkus.resteasy.reactive.jackson.runtime.serialisers.ServerJacksonMessageBodyReader;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.Provider;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveResourceInfo;

/**
 * Reads the bodies of our own routes by {@link StrictJson}. The doors of others read their bodies
 * themselves, as leniently as those others do.
 */
@Provider
@Consumes({MediaType.APPLICATION_JSON, "application/merge-patch+json"})
public class StrictReader extends ServerJacksonMessageBodyReader {
  private final StrictJson json;

  @Inject
  public StrictReader(Instance<ObjectMapper> mapper, StrictJson json) {
    super(mapper);
    this.json = json;
  }

  @Override
  protected ObjectReader getEffectiveReader() {
    return json.reader();
  }

  @Override
  public boolean isReadable(
      Class<?> type, Type generic, Annotation[] annotations, MediaType mediaType) {
    return isDocument(type) && super.isReadable(type, generic, annotations, mediaType);
  }

  @Override
  public boolean isReadable(
      Class<?> type, Type generic, ResteasyReactiveResourceInfo method, MediaType mediaType) {
    return isDocument(type) && super.isReadable(type, generic, method, mediaType);
  }

  private static boolean isDocument(Class<?> type) {
    return !type.isArray()
        && !CharSequence.class.isAssignableFrom(type)
        && !InputStream.class.isAssignableFrom(type);
  }
}
