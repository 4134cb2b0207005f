target triple = "bpfel"

@buckets = dso_local global [32 x i8] zeroinitializer, section ".maps", align 8
@_license = dso_local global [4 x i8] c"GPL\00", section "license", align 1

define internal i64 @spend(i64 %v0, i64 %v1) #0 {
entry.0:
  %v5 = alloca [4 x i8], align 8
  %v10 = alloca [8 x i8], align 8
  br label %body.1
body.1:
  %v4 = and i64 %v0, 255
  %v6 = trunc i64 %v4 to i32
  store i32 %v6, ptr %v5, align 4
  %v7 = call ptr inttoptr (i64 1 to ptr)(ptr @buckets, ptr %v5)
  call void asm sideeffect "", ""() #2
  %v8 = icmp ne ptr %v7, null
  br i1 %v8, label %end.3, label %then.2
then.2:
  br label %default.4
end.3:
  %v9 = call i64 inttoptr (i64 5 to ptr)()
  store i64 %v0, ptr %v10, align 8
  %v11 = load i64, ptr %v10, align 8
  %v12 = load i64, ptr %v10, align 8
  %v13 = trunc i64 %v12 to i32
  %v14 = lshr i32 %v13, 11
  %v15 = zext i32 %v14 to i64
  %v16 = trunc i64 %v11 to i32
  %v17 = trunc i64 %v15 to i32
  %v18 = xor i32 %v16, %v17
  %v19 = sext i32 %v18 to i64
  %v20 = mul i64 %v19, 3668339987
  %v21 = trunc i64 %v20 to i32
  %v22 = lshr i32 %v21, 0
  %v23 = zext i32 %v22 to i64
  store i64 %v23, ptr %v10, align 8
  %v24 = load i64, ptr %v10, align 8
  %v25 = load i64, ptr %v10, align 8
  %v26 = trunc i64 %v25 to i32
  %v27 = lshr i32 %v26, 12
  %v28 = zext i32 %v27 to i64
  %v29 = trunc i64 %v24 to i32
  %v30 = trunc i64 %v28 to i32
  %v31 = xor i32 %v29, %v30
  %v32 = sext i32 %v31 to i64
  %v33 = mul i64 %v32, 2027808452
  %v34 = trunc i64 %v33 to i32
  %v35 = lshr i32 %v34, 0
  %v36 = zext i32 %v35 to i64
  store i64 %v36, ptr %v10, align 8
  %v37 = load i64, ptr %v10, align 8
  %v38 = load i64, ptr %v10, align 8
  %v39 = trunc i64 %v38 to i32
  %v40 = lshr i32 %v39, 13
  %v41 = zext i32 %v40 to i64
  %v42 = trunc i64 %v37 to i32
  %v43 = trunc i64 %v41 to i32
  %v44 = xor i32 %v42, %v43
  %v45 = sext i32 %v44 to i64
  %v46 = mul i64 %v45, 387276917
  %v47 = trunc i64 %v46 to i32
  %v48 = lshr i32 %v47, 0
  %v49 = zext i32 %v48 to i64
  store i64 %v49, ptr %v10, align 8
  %v50 = load i64, ptr %v10, align 8
  %v51 = load i64, ptr %v10, align 8
  %v52 = trunc i64 %v51 to i32
  %v53 = lshr i32 %v52, 14
  %v54 = zext i32 %v53 to i64
  %v55 = trunc i64 %v50 to i32
  %v56 = trunc i64 %v54 to i32
  %v57 = xor i32 %v55, %v56
  %v58 = sext i32 %v57 to i64
  %v59 = mul i64 %v58, 3041712678
  %v60 = trunc i64 %v59 to i32
  %v61 = lshr i32 %v60, 0
  %v62 = zext i32 %v61 to i64
  store i64 %v62, ptr %v10, align 8
  %v63 = load i64, ptr %v10, align 8
  %v64 = load i64, ptr %v10, align 8
  %v65 = trunc i64 %v64 to i32
  %v66 = lshr i32 %v65, 15
  %v67 = zext i32 %v66 to i64
  %v68 = trunc i64 %v63 to i32
  %v69 = trunc i64 %v67 to i32
  %v70 = xor i32 %v68, %v69
  %v71 = sext i32 %v70 to i64
  %v72 = mul i64 %v71, 1401181143
  %v73 = trunc i64 %v72 to i32
  %v74 = lshr i32 %v73, 0
  %v75 = zext i32 %v74 to i64
  store i64 %v75, ptr %v10, align 8
  %v76 = load i64, ptr %v10, align 8
  %v77 = load i64, ptr %v10, align 8
  %v78 = trunc i64 %v77 to i32
  %v79 = lshr i32 %v78, 16
  %v80 = zext i32 %v79 to i64
  %v81 = trunc i64 %v76 to i32
  %v82 = trunc i64 %v80 to i32
  %v83 = xor i32 %v81, %v82
  %v84 = sext i32 %v83 to i64
  %v85 = mul i64 %v84, 4055616904
  %v86 = trunc i64 %v85 to i32
  %v87 = lshr i32 %v86, 0
  %v88 = zext i32 %v87 to i64
  store i64 %v88, ptr %v10, align 8
  %v89 = load i64, ptr %v10, align 8
  %v90 = load i64, ptr %v10, align 8
  %v91 = trunc i64 %v90 to i32
  %v92 = lshr i32 %v91, 11
  %v93 = zext i32 %v92 to i64
  %v94 = trunc i64 %v89 to i32
  %v95 = trunc i64 %v93 to i32
  %v96 = xor i32 %v94, %v95
  %v97 = sext i32 %v96 to i64
  %v98 = mul i64 %v97, 2415085369
  %v99 = trunc i64 %v98 to i32
  %v100 = lshr i32 %v99, 0
  %v101 = zext i32 %v100 to i64
  store i64 %v101, ptr %v10, align 8
  %v102 = load i64, ptr %v10, align 8
  %v103 = load i64, ptr %v10, align 8
  %v104 = trunc i64 %v103 to i32
  %v105 = lshr i32 %v104, 12
  %v106 = zext i32 %v105 to i64
  %v107 = trunc i64 %v102 to i32
  %v108 = trunc i64 %v106 to i32
  %v109 = xor i32 %v107, %v108
  %v110 = sext i32 %v109 to i64
  %v111 = mul i64 %v110, 774553834
  %v112 = trunc i64 %v111 to i32
  %v113 = lshr i32 %v112, 0
  %v114 = zext i32 %v113 to i64
  store i64 %v114, ptr %v10, align 8
  %v115 = load i64, ptr %v10, align 8
  %v116 = load i64, ptr %v10, align 8
  %v117 = trunc i64 %v116 to i32
  %v118 = lshr i32 %v117, 13
  %v119 = zext i32 %v118 to i64
  %v120 = trunc i64 %v115 to i32
  %v121 = trunc i64 %v119 to i32
  %v122 = xor i32 %v120, %v121
  %v123 = sext i32 %v122 to i64
  %v124 = mul i64 %v123, 3428989595
  %v125 = trunc i64 %v124 to i32
  %v126 = lshr i32 %v125, 0
  %v127 = zext i32 %v126 to i64
  store i64 %v127, ptr %v10, align 8
  %v128 = load i64, ptr %v10, align 8
  %v129 = load i64, ptr %v10, align 8
  %v130 = trunc i64 %v129 to i32
  %v131 = lshr i32 %v130, 14
  %v132 = zext i32 %v131 to i64
  %v133 = trunc i64 %v128 to i32
  %v134 = trunc i64 %v132 to i32
  %v135 = xor i32 %v133, %v134
  %v136 = sext i32 %v135 to i64
  %v137 = mul i64 %v136, 1788458060
  %v138 = trunc i64 %v137 to i32
  %v139 = lshr i32 %v138, 0
  %v140 = zext i32 %v139 to i64
  store i64 %v140, ptr %v10, align 8
  %v141 = load i64, ptr %v10, align 8
  %v142 = load i64, ptr %v10, align 8
  %v143 = trunc i64 %v142 to i32
  %v144 = lshr i32 %v143, 15
  %v145 = zext i32 %v144 to i64
  %v146 = trunc i64 %v141 to i32
  %v147 = trunc i64 %v145 to i32
  %v148 = xor i32 %v146, %v147
  %v149 = sext i32 %v148 to i64
  %v150 = mul i64 %v149, 147926525
  %v151 = trunc i64 %v150 to i32
  %v152 = lshr i32 %v151, 0
  %v153 = zext i32 %v152 to i64
  store i64 %v153, ptr %v10, align 8
  %v154 = load i64, ptr %v10, align 8
  %v155 = load i64, ptr %v10, align 8
  %v156 = trunc i64 %v155 to i32
  %v157 = lshr i32 %v156, 16
  %v158 = zext i32 %v157 to i64
  %v159 = trunc i64 %v154 to i32
  %v160 = trunc i64 %v158 to i32
  %v161 = xor i32 %v159, %v160
  %v162 = sext i32 %v161 to i64
  %v163 = mul i64 %v162, 2802362286
  %v164 = trunc i64 %v163 to i32
  %v165 = lshr i32 %v164, 0
  %v166 = zext i32 %v165 to i64
  store i64 %v166, ptr %v10, align 8
  %v167 = load i64, ptr %v10, align 8
  %v168 = load i64, ptr %v10, align 8
  %v169 = trunc i64 %v168 to i32
  %v170 = lshr i32 %v169, 11
  %v171 = zext i32 %v170 to i64
  %v172 = trunc i64 %v167 to i32
  %v173 = trunc i64 %v171 to i32
  %v174 = xor i32 %v172, %v173
  %v175 = sext i32 %v174 to i64
  %v176 = mul i64 %v175, 1161830751
  %v177 = trunc i64 %v176 to i32
  %v178 = lshr i32 %v177, 0
  %v179 = zext i32 %v178 to i64
  store i64 %v179, ptr %v10, align 8
  %v180 = load i64, ptr %v10, align 8
  %v181 = load i64, ptr %v10, align 8
  %v182 = trunc i64 %v181 to i32
  %v183 = lshr i32 %v182, 12
  %v184 = zext i32 %v183 to i64
  %v185 = trunc i64 %v180 to i32
  %v186 = trunc i64 %v184 to i32
  %v187 = xor i32 %v185, %v186
  %v188 = sext i32 %v187 to i64
  %v189 = mul i64 %v188, 3816266512
  %v190 = trunc i64 %v189 to i32
  %v191 = lshr i32 %v190, 0
  %v192 = zext i32 %v191 to i64
  store i64 %v192, ptr %v10, align 8
  %v193 = load i64, ptr %v10, align 8
  %v194 = load i64, ptr %v10, align 8
  %v195 = trunc i64 %v194 to i32
  %v196 = lshr i32 %v195, 13
  %v197 = zext i32 %v196 to i64
  %v198 = trunc i64 %v193 to i32
  %v199 = trunc i64 %v197 to i32
  %v200 = xor i32 %v198, %v199
  %v201 = sext i32 %v200 to i64
  %v202 = mul i64 %v201, 2175734977
  %v203 = trunc i64 %v202 to i32
  %v204 = lshr i32 %v203, 0
  %v205 = zext i32 %v204 to i64
  store i64 %v205, ptr %v10, align 8
  %v206 = load i64, ptr %v10, align 8
  %v207 = load i64, ptr %v10, align 8
  %v208 = trunc i64 %v207 to i32
  %v209 = lshr i32 %v208, 14
  %v210 = zext i32 %v209 to i64
  %v211 = trunc i64 %v206 to i32
  %v212 = trunc i64 %v210 to i32
  %v213 = xor i32 %v211, %v212
  %v214 = sext i32 %v213 to i64
  %v215 = mul i64 %v214, 535203442
  %v216 = trunc i64 %v215 to i32
  %v217 = lshr i32 %v216, 0
  %v218 = zext i32 %v217 to i64
  store i64 %v218, ptr %v10, align 8
  %v219 = load i64, ptr %v10, align 8
  %v220 = load i64, ptr %v10, align 8
  %v221 = trunc i64 %v220 to i32
  %v222 = lshr i32 %v221, 15
  %v223 = zext i32 %v222 to i64
  %v224 = trunc i64 %v219 to i32
  %v225 = trunc i64 %v223 to i32
  %v226 = xor i32 %v224, %v225
  %v227 = sext i32 %v226 to i64
  %v228 = mul i64 %v227, 3189639203
  %v229 = trunc i64 %v228 to i32
  %v230 = lshr i32 %v229, 0
  %v231 = zext i32 %v230 to i64
  store i64 %v231, ptr %v10, align 8
  %v232 = load i64, ptr %v10, align 8
  %v233 = load i64, ptr %v10, align 8
  %v234 = trunc i64 %v233 to i32
  %v235 = lshr i32 %v234, 16
  %v236 = zext i32 %v235 to i64
  %v237 = trunc i64 %v232 to i32
  %v238 = trunc i64 %v236 to i32
  %v239 = xor i32 %v237, %v238
  %v240 = sext i32 %v239 to i64
  %v241 = mul i64 %v240, 1549107668
  %v242 = trunc i64 %v241 to i32
  %v243 = lshr i32 %v242, 0
  %v244 = zext i32 %v243 to i64
  store i64 %v244, ptr %v10, align 8
  %v245 = load i64, ptr %v10, align 8
  %v246 = load i64, ptr %v10, align 8
  %v247 = trunc i64 %v246 to i32
  %v248 = lshr i32 %v247, 11
  %v249 = zext i32 %v248 to i64
  %v250 = trunc i64 %v245 to i32
  %v251 = trunc i64 %v249 to i32
  %v252 = xor i32 %v250, %v251
  %v253 = sext i32 %v252 to i64
  %v254 = mul i64 %v253, 4203543429
  %v255 = trunc i64 %v254 to i32
  %v256 = lshr i32 %v255, 0
  %v257 = zext i32 %v256 to i64
  store i64 %v257, ptr %v10, align 8
  %v258 = load i64, ptr %v10, align 8
  %v259 = load i64, ptr %v10, align 8
  %v260 = trunc i64 %v259 to i32
  %v261 = lshr i32 %v260, 12
  %v262 = zext i32 %v261 to i64
  %v263 = trunc i64 %v258 to i32
  %v264 = trunc i64 %v262 to i32
  %v265 = xor i32 %v263, %v264
  %v266 = sext i32 %v265 to i64
  %v267 = mul i64 %v266, 2563011894
  %v268 = trunc i64 %v267 to i32
  %v269 = lshr i32 %v268, 0
  %v270 = zext i32 %v269 to i64
  store i64 %v270, ptr %v10, align 8
  %v271 = load i64, ptr %v10, align 8
  %v272 = load i64, ptr %v10, align 8
  %v273 = trunc i64 %v272 to i32
  %v274 = lshr i32 %v273, 13
  %v275 = zext i32 %v274 to i64
  %v276 = trunc i64 %v271 to i32
  %v277 = trunc i64 %v275 to i32
  %v278 = xor i32 %v276, %v277
  %v279 = sext i32 %v278 to i64
  %v280 = mul i64 %v279, 922480359
  %v281 = trunc i64 %v280 to i32
  %v282 = lshr i32 %v281, 0
  %v283 = zext i32 %v282 to i64
  store i64 %v283, ptr %v10, align 8
  %v284 = load i64, ptr %v10, align 8
  %v285 = load i64, ptr %v10, align 8
  %v286 = trunc i64 %v285 to i32
  %v287 = lshr i32 %v286, 14
  %v288 = zext i32 %v287 to i64
  %v289 = trunc i64 %v284 to i32
  %v290 = trunc i64 %v288 to i32
  %v291 = xor i32 %v289, %v290
  %v292 = sext i32 %v291 to i64
  %v293 = mul i64 %v292, 3576916120
  %v294 = trunc i64 %v293 to i32
  %v295 = lshr i32 %v294, 0
  %v296 = zext i32 %v295 to i64
  store i64 %v296, ptr %v10, align 8
  %v297 = load i64, ptr %v10, align 8
  %v298 = load i64, ptr %v10, align 8
  %v299 = trunc i64 %v298 to i32
  %v300 = lshr i32 %v299, 15
  %v301 = zext i32 %v300 to i64
  %v302 = trunc i64 %v297 to i32
  %v303 = trunc i64 %v301 to i32
  %v304 = xor i32 %v302, %v303
  %v305 = sext i32 %v304 to i64
  %v306 = mul i64 %v305, 1936384585
  %v307 = trunc i64 %v306 to i32
  %v308 = lshr i32 %v307, 0
  %v309 = zext i32 %v308 to i64
  store i64 %v309, ptr %v10, align 8
  %v310 = load i64, ptr %v10, align 8
  %v311 = load i64, ptr %v10, align 8
  %v312 = trunc i64 %v311 to i32
  %v313 = lshr i32 %v312, 16
  %v314 = zext i32 %v313 to i64
  %v315 = trunc i64 %v310 to i32
  %v316 = trunc i64 %v314 to i32
  %v317 = xor i32 %v315, %v316
  %v318 = sext i32 %v317 to i64
  %v319 = mul i64 %v318, 295853050
  %v320 = trunc i64 %v319 to i32
  %v321 = lshr i32 %v320, 0
  %v322 = zext i32 %v321 to i64
  store i64 %v322, ptr %v10, align 8
  %v323 = getelementptr i8, ptr %v7, i64 8
  %v324 = load i32, ptr %v323, align 4
  %v325 = zext i32 %v324 to i64
  %v326 = icmp ugt i64 %v325, %v1
  br i1 %v326, label %yes.5, label %no.6
yes.5:
  %v327 = getelementptr i8, ptr %v7, i64 8
  %v328 = load i32, ptr %v327, align 4
  %v329 = zext i32 %v328 to i64
  %v330 = sub i64 %v329, %v1
  br label %join.7
no.6:
  br label %join.7
join.7:
  %v331 = phi i64 [ %v330, %yes.5 ], [ 0, %no.6 ]
  %v332 = getelementptr i8, ptr %v7, i64 8
  %v333 = load i64, ptr %v7, align 8
  %v334 = sub i64 %v9, %v333
  %v335 = icmp ugt i64 %v334, 1000000
  br i1 %v335, label %yes.8, label %no.9
yes.8:
  br label %join.10
no.9:
  br label %join.10
join.10:
  %v336 = phi i64 [ 1, %yes.8 ], [ 0, %no.9 ]
  %v337 = add i64 %v331, %v336
  %v338 = trunc i64 %v337 to i32
  %v339 = zext i32 %v338 to i64
  %v340 = trunc i64 %v339 to i32
  store i32 %v340, ptr %v332, align 4
  %v341 = load i64, ptr %v10, align 8
  %v342 = and i64 %v341, 255
  %v343 = add i64 %v342, %v331
  %v344 = trunc i64 %v343 to i32
  %v345 = zext i32 %v344 to i64
  ret i64 %v345
default.4:
  ret i64 -1
}

define dso_local i32 @police(ptr %v0) #0 section "xdp" {
entry.0:
  %v1 = alloca [8 x i8], align 8
  %v2 = alloca [8 x i8], align 8
  %v29 = alloca [4 x i8], align 8
  %v3 = load i32, ptr %v0, align 4
  %v4 = zext i32 %v3 to i64
  %v5 = inttoptr i64 %v4 to ptr
  store ptr %v5, ptr %v1, align 8
  %v6 = getelementptr i8, ptr %v0, i64 4
  %v7 = load i32, ptr %v6, align 4
  %v8 = zext i32 %v7 to i64
  %v9 = inttoptr i64 %v8 to ptr
  store ptr %v9, ptr %v2, align 8
  br label %body.1
body.1:
  %v10 = load ptr, ptr %v1, align 8
  %v11 = load ptr, ptr %v2, align 8
  %v12 = ptrtoint ptr %v11 to i64
  %v13 = ptrtoint ptr %v10 to i64
  %v14 = sub i64 %v12, %v13
  %v15 = call i64 asm "", "=r,0"(i64 %v14) #3
  %v16 = call i64 @spend(i64 %v15, i64 3)
  %v17 = icmp slt i64 %v16, 0
  br i1 %v17, label %default.5, label %on.4
on.4:
  %v18 = lshr i64 %v16, 1
  %v19 = add i64 %v15, 1
  %v20 = trunc i64 %v19 to i32
  %v21 = zext i32 %v20 to i64
  %v22 = call i64 @spend(i64 %v21, i64 5)
  %v23 = icmp slt i64 %v22, 0
  br i1 %v23, label %default.5, label %on.6
on.6:
  %v24 = lshr i64 %v22, 1
  %v25 = add i64 %v18, %v24
  %v26 = icmp ugt i64 %v25, 100
  br i1 %v26, label %yes.2, label %no.3
yes.2:
  br label %join.7
no.3:
  br label %join.7
join.7:
  %v27 = phi i64 [ 1, %yes.2 ], [ 2, %no.3 ]
  %v28 = trunc i64 %v27 to i32
  store i32 %v28, ptr %v29, align 4
  br label %return.8
default.5:
  store i32 2, ptr %v29, align 4
  br label %return.8
return.8:
  %v30 = load i32, ptr %v29, align 4
  ret i32 %v30
}

attributes #0 = { nounwind "frame-pointer"="all" "no-builtins" "no-jump-tables"="true" }
attributes #1 = { alwaysinline nounwind "frame-pointer"="all" "no-builtins" "no-jump-tables"="true" }
attributes #2 = { nounwind inaccessiblememonly }
attributes #3 = { nounwind readnone willreturn }
