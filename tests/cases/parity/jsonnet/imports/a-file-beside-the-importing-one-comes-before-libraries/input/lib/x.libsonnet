"lib"
