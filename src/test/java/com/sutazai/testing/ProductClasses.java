package com.sutazai.testing;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

/** The product's own classes, without those of its tests, as the compiler wrote them. */
public final class ProductClasses {
  public static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("com.sutazai");

  private ProductClasses() {}

  /** The class itself, not initialised. */
  public static Class<?> load(JavaClass type) throws ClassNotFoundException {
    return Class.forName(type.getName(), false, ProductClasses.class.getClassLoader());
  }
}
