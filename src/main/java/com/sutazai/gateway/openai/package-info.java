/** The door for clients of OpenAI's API, who need no change but the address. */
@NullMarked
package com.sutazai.gateway.openai;

import org.jspecify.annotations.NullMarked;
