/** What shape an answer must have, as the grammar (GBNF) by which llama.cpp leaves tokens out. */
@NullMarked
package com.sutazai.engine.grammar;

import org.jspecify.annotations.NullMarked;
