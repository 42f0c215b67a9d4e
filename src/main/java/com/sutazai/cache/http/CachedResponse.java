package com.sutazai.cache.http;

import jakarta.ws.rs.NameBinding;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a {@code GET} method whose answers are kept for the caller that asked; a {@link
 * CachedRoute} says where, and what they are made of. It answers an entity that is written as JSON;
 * what must not be kept, it sends with {@code Cache-Control: no-store}.
 */
@NameBinding
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface CachedResponse {}
