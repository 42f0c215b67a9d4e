package com.sutazai.inference;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same against the packaged program, jar or native binary. */
@QuarkusIntegrationTest
class GenerateResourceIT extends GenerateResourceTest {}
