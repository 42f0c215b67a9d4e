package com.sutazai.tasks.process;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same against the packaged program, jar or native binary. */
@QuarkusIntegrationTest
class ProcessResourceIT extends ProcessResourceTest {}
