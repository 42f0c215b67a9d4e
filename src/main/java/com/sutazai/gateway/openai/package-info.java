/** OpenAI's API, as its official clients speak it. */
@NullMarked
package com.sutazai.gateway.openai;

import org.jspecify.annotations.NullMarked;
