package com.sutazai.testing;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBuilder;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import io.quarkus.jackson.ObjectMapperCustomizer;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Singleton;
import java.util.List;

/**
 * Fails any test in which a type of ours is written to or read from JSON without being registered
 * for the native image, where Jackson would find no accessors.
 */
@Singleton
public class NativeGuard implements ObjectMapperCustomizer {
  @Override
  public void customize(ObjectMapper mapper) {
    mapper.registerModule(
        new SimpleModule("native-guard")
            .setSerializerModifier(
                new BeanSerializerModifier() {
                  @Override
                  public List<BeanPropertyWriter> changeProperties(
                      SerializationConfig config,
                      BeanDescription type,
                      List<BeanPropertyWriter> properties) {
                    requireRegistered(type.getBeanClass());
                    return properties;
                  }
                })
            .setDeserializerModifier(
                new BeanDeserializerModifier() {
                  @Override
                  public BeanDeserializerBuilder updateBuilder(
                      DeserializationConfig config,
                      BeanDescription type,
                      BeanDeserializerBuilder builder) {
                    requireRegistered(type.getBeanClass());
                    return builder;
                  }
                }));
  }

  private static void requireRegistered(Class<?> type) {
    if (type.getName().startsWith("com.sutazai.")
        && !type.isAnnotationPresent(RegisterForReflection.class)) {
      throw new IllegalStateException(
          type.getName() + " crosses JSON and lacks @RegisterForReflection");
    }
  }
}
