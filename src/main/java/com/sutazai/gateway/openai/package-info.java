/** The door that speaks the OpenAI API. */
@NullMarked
package com.sutazai.gateway.openai;

import org.jspecify.annotations.NullMarked;
