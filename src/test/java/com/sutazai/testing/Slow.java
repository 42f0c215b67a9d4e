package com.sutazai.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * A suite that {@code ./mvnw test} leaves to {@code ./mvnw verify}: it takes more than ten seconds,
 * or starts the program anew with settings of its own. Asked for by name ({@code -Dtest=…}) it runs
 * at once.
 */
@Tag("slow")
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Slow {}
