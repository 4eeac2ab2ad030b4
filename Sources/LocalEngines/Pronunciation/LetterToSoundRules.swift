/// How letters sound in English, most specific rule first for each letter. One rule is `left(letters)right=sounds`; the
/// signs of both sides are explained at `LetterToSound.Rule`, the sounds are those of misaki's alphabet (A = "ay", I = "eye",
/// O = "oh", W = "ow", Y = "oy"), `<` and `>` place the stress.
enum LetterToSoundRules {
    static let table = """
        _(a)_=A (augh)t=ɔ (augh)=æf (au)=ɔ (aw)=ɔ (aigh)=A (air)=ɛɹ (ai)n_=A (ai)=A (ayer)_=Aəɹ (ay)=A (ae)=i
        _(are)_=ɑɹ C(are)_=ɛɹ C(ares)_=ɛɹz (ar)E=ɛɹ (ard)_=əɹd V-(ar)_=əɹ w(ar)=ɔɹ qu(ar)=ɔɹ (arr)V=æɹ (ar)V=ɛɹ (ar)=ɑɹ
        (aste)_=Ast (ange)=Anʤ (alk)=ɔk (alm)=ɑm (all)_=ɔl (alls)_=ɔlz (alt)=ɔlt (ald)=ɔld
        w(a)t=ɑ w(a)s=ɑ w(a)n=ɑ qu(a)C=ɑ (ance)_=əns (ant)_=ənt CV-C(al)_=ᵊl V-(al)_=ᵊl V-(ally)_=ᵊli V-C(an)_=ən
        (ation)=>Aʃən (ations)=>Aʃənz (ative)_=>Aɾɪv (ator)_=Aɾəɹ (ate)_=At (ated)_=Aɾᵻd (ates)_=Ats (age)_=ɪʤ (ages)_=ɪʤᵻz
        VC(able)_=<əbᵊl VCC(able)_=<əbᵊl (a)ble_=A (a)Ce_=A (a)Ces_=A (a)Ced_=A (a)Cing_=A (a)CE_=A (a)ckE=æ (a)_=ə (ah)_=ɑ (aa)=ɑ (ao)=W (a)CC=æ
        (a)CV=a (a)=æ

        (bb)=b m(b)_= (b)t_= (bt)_=t (b)=b

        (cch)=k (cc)E=ks (cc)=k _(chr)=kɹ _(char)=kɛɹ (chr)=kɹ (chl)=kl (chn)=kn (ch)=ʧ (ciation)=si>Aʃən (cian)=<ʃən (cial)=<ʃᵊl (cious)=<ʃəs
        (cient)=<ʃənt s(c)E= (ck)=k (cqu)=kw (cz)=ʧ (c)E=s (c)=k

        (dd)=d (dge)=ʤ (dg)E=ʤ (dj)=ʤ (dh)=d (duc)=dus (d)=d

        _(eu)=ju (eu)=u (eau)=O (ew)=u (ey)_=i (ey)=A (eigh)=A (ei)gn=A c(ei)=i (eing)_=iɪŋ (ei)=I (eer)=>iɹ (ee)=i
        (ear)C=ɜɹ (ear)=ɪɹ (ead)_=ɛd (ealth)=ɛlθ (ea)=i (eo)=iO (ere)_=ɪɹ (err)=ɛɹ (ery)_=əɹi (er)_=əɹ (ers)_=əɹz (er)V=əɹ (er)=əɹ
        t(ed)_=ᵻd d(ed)_=ᵻd k(ed)_=t p(ed)_=t s(ed)_=t f(ed)_=t c(ed)_=t x(ed)_=t ch(ed)_=t sh(ed)_=t V-(ed)_=d C(ed)_=d
        ch(es)_=ᵻz sh(es)_=ᵻz s(es)_=ᵻz x(es)_=ᵻz z(es)_=ᵻz c(es)_=ᵻz g(es)_=ᵻz V-C(es)_=z
        (ence)_=əns (ency)_=ənsi V-(ent)_=ənt (ental)_=>ɛnɾᵊl (ened)_=ᵊnd V-C(en)_=ᵊn V-C(el)_=ᵊl V-C(ess)_=əs V-C(et)_=ɪt (esque)_=>ɛsk (ette)_=>ɛt
        _(ex)V=ɪɡz _(ex)=ɛks _C(e)_=i V(e)_= VC(e)_= VCC(e)_= (e)_= VCC(e)s_= VC(e)ly= VC(e)ment= VC(e)ful= VC(e)less= VC(e)ness=
        (e)Ce_=i (e)Ces_=i _(e)CV=i _r(e)CV=i _d(e)CV=ɪ _pr(e)CV=i (eh)=A (e)=ɛ

        (ff)=f (f)=f

        _(gn)=n (gn)_=n (gns)_=nz _(gh)=ɡ (ght)=t (gh)_= V(gh)= (gg)=ɡ r(gue)_=ɡju (gue)_=ɡ (gues)_=ɡz (gu)E=ɡ (geous)_=<ʤəs (gious)_=<ʤəs
        (ge)_=ʤ (gi)a=ʤ (gi)o=ʤ _(ge)t=ɡɛ _(gi)=ɡɪ (g)E=ʤ (g)=ɡ

        _(hon)=ɑn _(h)=h V(h)C= V(h)_= (h)=h

        (igh)=I (ign)_=In (ind)_=Ind (ild)_=Ild (ier)_=iəɹ (iest)_=iᵻst (ie)d_=I (ie)s_=i (ie)_=i (ie)=i (iew)=ju
        (ious)_=<iəs (ia)_=<iə (ian)_=<iən (ians)_=<iənz (ial)_=<iᵊl (ium)_=<iəm (io)_=<iO (ion)_=jən (iu)=iə (iar)_=iəɹ
        (ical)_=<ɪkᵊl (ically)_=<ɪkli (ics)_=<ɪks (ic)_=<ɪk (icy)_=<ɪsi (ity)_=<ɪɾi (ities)_=<ɪɾiz (ify)_=<ɪfI (ily)_=ɪli
        (ing)_=ɪŋ (ings)_=ɪŋz (ism)_=ɪzəm (isms)_=ɪzəmz (ize)_=Iz (ise)_=Iz (ized)_=Izd (ization)=ɪz>Aʃən (ique)_=>ik (ine)_=in V-C(ile)_=Il
        V-C(ive)_=ɪv (ire)_=Iəɹ (ir)V=ɪɹ (ir)=ɜɹ (i)Ce_=I (i)Ces_=I (i)Ced_=I (i)ble_=ɪ _C(i)V=I (i)V=i (i)_=i (i)=ɪ

        (jj)=ʤ (j)=ʤ

        _(kn)=n (kh)=k (kk)=k (k)=k

        a(lf)_=f a(lv)E=v (ll)=l C(le)_=ᵊl C(les)_=ᵊlz C(led)_=ᵊld (l)=l

        _(mn)=n (mn)_=m _(mc)=mək (mm)=m (m)=m

        _(ng)=n (ngue)_=ŋ (ngle)_=ŋɡᵊl (ng)_=ŋ (ngs)_=ŋz (nger)_=ŋəɹ (ng)E=nʤ (ng)=ŋɡ (nk)=ŋk (nx)=ŋks (nc)t=ŋk (nn)=n (n)=n

        (ought)=ɔt _th(ough)=O _thr(ough)=u d(ough)=O b(ough)=W (ough)=ɔf (oul)d=ʊ (our)_=ɔɹ (ous)_=əs C(ously)_=<əsli (oup)=up (oun)=Wn
        (oud)=Wd (out)=Wt (ouse)_=Ws (ouch)=Wʧ (ou)=u (ow)_=O (own)_=Wn (ows)_=Oz (owed)_=Od (ow)V=W (ow)C=W (ow)=O (oy)=Y (oi)=Y
        (oo)k=ʊ (ood)_=ʊd (oor)=ɔɹ (oo)=u (oar)=ɔɹ (oa)=O (oe)_=O (oes)_=Oz (oe)=i (ology)_=>ɑləʤi (ologist)=>ɑləʤɪst (ographer)=>ɑɡɹəfəɹ (ography)_=>ɑɡɹəfi
        (oir)=wɑɹ V-C(or)_=əɹ V-C(ors)_=əɹz w(or)=ɜɹ (ore)_=ɔɹ (orr)=ɔɹ (or)=ɔɹ (old)=Old (olk)=Ok (olt)=Olt (oll)_=Ol (ost)_=Ost
        (osis)_=>Osɪs (oth)er=ʌð (ome)_=Om V-(ome)_=Om V-C(om)_=əm V-C(on)_=ən V-CC(on)_=ən (o)Ce_=O (o)Ces_=O (o)Ced_=O (o)_=O (os)_=Oz (oh)=O (o)CV=O (o)V=O (o)=ɑ

        (ph)=f _(pn)=n _(ps)=s _(pt)=t (pp)=p (p)=p

        (que)_=k (ques)_=ks (qu)=kw (q)=k

        _(rh)=ɹ (rrh)=ɹ (rr)=ɹ (r)=ɹ

        (sch)w=ʃ _(sch)l=ʃ _(sch)m=ʃ _(sch)n=ʃ (sch)=sk (sc)E=s (scious)=<ʃəs (sh)=ʃ (ssion)=<ʃən (ssions)=<ʃənz V(sion)=<ʒən (sion)=<ʃən V(sure)_=<ʒəɹ (sure)=ʃʊɹ (ssure)=ʃəɹ (ss)=s
        (sm)_=zəm (stle)_=sᵊl (sten)_=sᵊn i(s)land= V(s)e_=z V(ses)_=zᵻz V(s)ing_=z (ski)_=ski (sky)_=ski
        s(s)_=s u(s)_=s i(s)_=s a(s)_=z o(s)_=z b(s)_=z d(s)_=z g(s)_=z l(s)_=z m(s)_=z n(s)_=z r(s)_=z v(s)_=z w(s)_=z y(s)_=z e(s)_=z
        (s)=s

        (tch)=ʧ (thm)_=ðəm _(the)=ðə (ther)_=ðəɹ (the)_=ð (th)=θ s(tion)=ʧən (tion)=<ʃən (tions)=<ʃənz (tional)=<ʃənᵊl (tial)=<ʃᵊl (tian)=<ʃən (tious)=<ʃəs
        (tia)_=<ʃə (ture)_=ʧəɹ (tures)_=ʧəɹz (tured)_=ʧəɹd (tual)=<ʧuᵊl (tz)=ts (tt)V=ɾ (tt)=t (t)=t

        _(un)C=ʌn (ull)_=ʊl (uy)_=I (ui)=u (ue)_=u (ues)_=uz (ure)_=jʊɹ (ur)V=ʊɹ (urr)=ɜɹ (ur)=ɜɹ (um)_=əm (us)_=əs (uous)_=<juəs
        _(uni)=junɪ _(u)CV=ju (u)ble_=ʌ r(u)CV=u l(u)CV=u j(u)CV=u s(u)CV=u d(u)CV=u t(u)CV=u n(u)CV=u c(u)CV=ju m(u)CV=ju f(u)CV=ju p(u)CV=ju b(u)CV=ju h(u)CV=ju
        (ular)_=<jələɹ (u)CV=u (u)_=u (u)V=u (u)=ʌ

        (vv)=v (v)=v

        _(who)=hu (wh)=w _(wr)=ɹ (w)_= V(w)C= (w)=w

        _(x)=z (xious)=<kʃəs (xion)=<kʃən (xc)E=ks (x)=ks

        _(y)=j (yre)_=Iəɹ V(y)V=j (y)Ce_=I _C(y)_=I _CC(y)_=I C(yp)=ɪp (ying)_=iɪŋ (y)_=i (y)C=ɪ (y)V=j (y)=i

        (zz)=z (z)=z
        """
}
